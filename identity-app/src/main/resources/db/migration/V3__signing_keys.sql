-- Keys that sign tokens. The public half is readable, so a token can be verified for as long as its key is listed; the
-- private half is a payload of the data-protection ring. Several keys may stand side by side: replicas sign with the
-- newest "active" one they can open, and publish all of them. "retired" means published but no longer signing.
CREATE TABLE signing_key (
    kid               varchar(64) PRIMARY KEY,
    state             varchar(10) NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'retired')),
    public_jwk        text        NOT NULL,
    private_protected text        NOT NULL,
    created_at        timestamptz NOT NULL
);
