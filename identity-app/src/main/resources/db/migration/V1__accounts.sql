-- People who can sign in. The id is the "sub" of every token and never changes; the login name may.
CREATE TABLE account (
    id             uuid         PRIMARY KEY,
    login_name     varchar(64)  NOT NULL UNIQUE CHECK (login_name = lower(login_name)),
    password_hash  varchar(200) NOT NULL,
    enabled        boolean      NOT NULL DEFAULT true,
    first_name     varchar(100) NOT NULL,
    last_name      varchar(100) NOT NULL,
    email          varchar(254) NOT NULL,
    email_verified boolean      NOT NULL DEFAULT false,
    street         varchar(200),
    city           varchar(100),
    state          varchar(100),
    country        varchar(100),
    zip_code       varchar(20),
    -- JSON {number, holder, expiration}, protected by the data-protection ring; never a security code.
    card_protected text,
    created_at     timestamptz  NOT NULL DEFAULT now()
);

-- Failed sign-ins by the name that was typed, whether an account has that name or not: the answer gives nothing away.
CREATE TABLE failed_sign_in (
    login_name   varchar(64) PRIMARY KEY,
    failures     integer     NOT NULL,
    last_failure timestamptz NOT NULL,
    locked_until timestamptz
);
CREATE INDEX failed_sign_in_last_failure ON failed_sign_in (last_failure);
