-- Users that may not do anything any more, names that wait for a person, and how much of his quota a user has used.

ALTER TABLE users ADD COLUMN disabled BIGINT NOT NULL DEFAULT 0;

-- `state` is held, released or refused.
CREATE TABLE holds (
    package TEXT NOT NULL,
    user_name TEXT NOT NULL REFERENCES users (name),
    reason TEXT NOT NULL,
    state TEXT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (package, user_name)
);

-- `earliest` is the theoretical arrival time of the generic cell rate algorithm.
CREATE TABLE quotas (
    user_name TEXT NOT NULL REFERENCES users (name),
    action TEXT NOT NULL,
    earliest BIGINT NOT NULL,
    PRIMARY KEY (user_name, action)
);
CREATE INDEX tokens_by_user ON tokens (user_name, created);
CREATE INDEX packages_by_owner ON owners (owner, package);
