-- The index of packages for people who search. It follows from records and archives, and is made anew if it is lost.

CREATE TABLE search_documents (
    id INTEGER PRIMARY KEY,
    package TEXT NOT NULL UNIQUE,
    base TEXT NOT NULL,
    whole TEXT NOT NULL,
    version TEXT NOT NULL,
    description TEXT
);

-- SQLite's own: on another database the text search of that one.
CREATE VIRTUAL TABLE search_text USING fts5 (scope, name, keywords, description, prefix = '2 3');

-- One row: how many leaves are in the index.
CREATE TABLE search_state (
    id BIGINT PRIMARY KEY,
    size BIGINT NOT NULL
);
INSERT INTO search_state (id, size) VALUES (1, 0);
