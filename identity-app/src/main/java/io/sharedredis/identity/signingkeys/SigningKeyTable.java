package io.sharedredis.identity.signingkeys;

import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionOperations;

/** The signing keys in PostgreSQL. */
@Repository
class SigningKeyTable {

  private final JdbcClient jdbc;
  private final TransactionOperations transactions;

  SigningKeyTable(JdbcClient jdbc, TransactionOperations transactions) {
    this.jdbc = jdbc;
    this.transactions = transactions;
  }

  /** Returns all keys, newest first. */
  List<StoredKey> readAll() {
    return jdbc.sql(
            """
            SELECT kid, state, public_jwk, private_protected, created_at FROM signing_key
            ORDER BY created_at DESC, kid
            """)
        .query(
            (rows, number) ->
                new StoredKey(
                    rows.getString("kid"),
                    "active".equals(rows.getString("state")),
                    rows.getString("public_jwk"),
                    rows.getString("private_protected"),
                    rows.getObject("created_at", OffsetDateTime.class).toInstant()))
        .list();
  }

  void insert(StoredKey key) {
    jdbc.sql(
            """
            INSERT INTO signing_key (kid, state, public_jwk, private_protected, created_at)
            VALUES (?, 'active', ?, ?, ?)
            """)
        .params(
            key.kid(),
            key.publicJwk(),
            key.privateProtected(),
            key.createdAt().atOffset(ZoneOffset.UTC))
        .update();
  }

  /**
   * Runs something while no other replica does: of any number that start together, one makes the
   * key.
   */
  <T> T alone(Supplier<T> work) {
    T result =
        transactions.execute(
            transaction -> {
              jdbc.sql("SELECT pg_advisory_xact_lock(hashtext('identity.signing-key'))")
                  .query((rows, number) -> number)
                  .list();
              return work.get();
            });
    return Objects.requireNonNull(result);
  }
}
