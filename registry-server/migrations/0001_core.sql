-- Portable SQL: TEXT and BIGINT only; digests are hexadecimal, keys base64, times seconds since 1970.

-- Not told by the log.
CREATE TABLE users (
    name TEXT PRIMARY KEY,
    created BIGINT NOT NULL
);

-- Tokens are kept as SHA-256; they have 256 random bits, so a slow hash would add nothing.
CREATE TABLE tokens (
    id TEXT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    user_name TEXT NOT NULL REFERENCES users (name),
    label TEXT NOT NULL,
    scopes TEXT NOT NULL,
    packages TEXT,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    revoked BIGINT NOT NULL DEFAULT 0
);

-- One row a publish under way; `received` is 1 when its archive has passed its checks.
CREATE TABLE uploads (
    id TEXT PRIMARY KEY,
    user_name TEXT NOT NULL REFERENCES users (name),
    package TEXT NOT NULL,
    version TEXT NOT NULL,
    archive TEXT NOT NULL,
    size BIGINT NOT NULL,
    created BIGINT NOT NULL,
    received BIGINT NOT NULL DEFAULT 0,
    UNIQUE (user_name, package, version, archive)
);

-- The log. What is here has happened; the files are made from it.
CREATE TABLE leaves (
    position BIGINT PRIMARY KEY,
    package TEXT,
    body TEXT NOT NULL
);
CREATE INDEX leaves_by_package ON leaves (package, position);

-- One row a batch of leaves: `published` becomes 1 when every file made from it is durable.
CREATE TABLE batches (
    size BIGINT PRIMARY KEY,
    start BIGINT NOT NULL,
    time BIGINT NOT NULL,
    tree_root TEXT NOT NULL,
    map_root TEXT NOT NULL,
    packages BIGINT NOT NULL,
    published BIGINT NOT NULL DEFAULT 0
);

-- Told by the log: each row follows from leaves, and is written in the transaction that writes them.
CREATE TABLE packages (
    name TEXT PRIMARY KEY,
    last BIGINT NOT NULL,
    count BIGINT NOT NULL,
    record TEXT NOT NULL
);

-- `version` is without build metadata, so that no two versions of a package differ in that alone; `body` is the line of the record.
CREATE TABLE versions (
    package TEXT NOT NULL,
    version TEXT NOT NULL,
    leaf BIGINT NOT NULL,
    archive TEXT NOT NULL,
    yanked BIGINT NOT NULL DEFAULT 0,
    body TEXT NOT NULL,
    PRIMARY KEY (package, version)
);
CREATE INDEX versions_in_order ON versions (package, leaf);
CREATE INDEX versions_by_archive ON versions (archive);

CREATE TABLE scopes (
    name TEXT PRIMARY KEY,
    owner TEXT NOT NULL
);

CREATE TABLE owners (
    package TEXT NOT NULL,
    owner TEXT NOT NULL,
    PRIMARY KEY (package, owner)
);

CREATE TABLE publisher_keys (
    owner TEXT NOT NULL,
    public_key TEXT NOT NULL,
    PRIMARY KEY (owner, public_key)
);
