package io.sharedredis.identity.accounts;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.stereotype.Repository;

/**
 * The accounts in PostgreSQL. Read on every use, so that a changed or closed account counts on all
 * replicas at once.
 *
 * <p>A signed-in person is known to Spring Security by the account's id, not by the login name: the
 * id becomes the subject of tokens and stays right when a login name is changed during a session.
 */
@Repository
public class Accounts {

  private static final String COLUMNS =
      """
      id, login_name, enabled, first_name, last_name, email, email_verified,
      street, city, state, country, zip_code
      """;

  private final JdbcClient jdbc;
  private final CardVault cards;

  Accounts(JdbcClient jdbc, CardVault cards) {
    this.jdbc = jdbc;
    this.cards = cards;
  }

  /** Finds the enabled account that a principal name stands for. */
  public Optional<Account> byPrincipal(String principalName) {
    UUID id;
    try {
      id = UUID.fromString(principalName);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    return jdbc.sql("SELECT " + COLUMNS + " FROM account WHERE id = ? AND enabled")
        .param(id)
        .query(Accounts::account)
        .optional();
  }

  /**
   * Finds the stored card of an account; empty too when it cannot be read with today's key ring.
   */
  public Optional<PaymentCard> card(Account account) {
    return jdbc.sql(
            "SELECT card_protected FROM account WHERE id = ? AND card_protected IS NOT NULL")
        .param(account.id())
        .query(String.class)
        .optional()
        .flatMap(cards::open);
  }

  /** Adds an account unless its login name is taken; safe to call on several replicas at once. */
  void addIfAbsent(Account account, String passwordHash, PaymentCard card) {
    Account.Address address = account.address();
    jdbc.sql(
            """
            INSERT INTO account (id, login_name, password_hash, enabled, first_name, last_name, email, email_verified,
                                 street, city, state, country, zip_code, card_protected)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """)
        .param(account.id())
        .param(account.loginName())
        .param(passwordHash)
        .param(account.enabled())
        .param(account.firstName())
        .param(account.lastName())
        .param(account.email())
        .param(account.emailVerified())
        .param(address.street())
        .param(address.city())
        .param(address.state())
        .param(address.country())
        .param(address.zipCode())
        .param(cards.seal(card))
        .update();
  }

  boolean exists(String loginName) {
    return jdbc.sql("SELECT 1 FROM account WHERE login_name = ?")
        .param(loginName)
        .query(Integer.class)
        .optional()
        .isPresent();
  }

  /** Finds what a sign-in is checked against. */
  public UserDetails byTypedName(String typedName) {
    return jdbc.sql("SELECT id, password_hash, enabled FROM account WHERE login_name = ?")
        .param(LoginName.normalize(typedName))
        .query(
            (rows, number) ->
                User.withUsername(rows.getString("id"))
                    .password(rows.getString("password_hash"))
                    .disabled(!rows.getBoolean("enabled"))
                    .authorities("ROLE_USER")
                    .build())
        .optional()
        .orElseThrow(() -> new UsernameNotFoundException("no such account"));
  }

  private static Account account(ResultSet rows, int number) throws SQLException {
    return new Account(
        rows.getObject("id", UUID.class),
        rows.getString("login_name"),
        rows.getBoolean("enabled"),
        rows.getString("first_name"),
        rows.getString("last_name"),
        rows.getString("email"),
        rows.getBoolean("email_verified"),
        new Account.Address(
            rows.getString("street"),
            rows.getString("city"),
            rows.getString("state"),
            rows.getString("country"),
            rows.getString("zip_code")));
  }
}
