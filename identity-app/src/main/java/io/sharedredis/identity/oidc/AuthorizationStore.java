package io.sharedredis.identity.oidc;

import io.sharedredis.identity.startup.StartUp;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.server.authorization.JdbcOAuth2AuthorizationService;
import org.springframework.security.oauth2.server.authorization.OAuth2Authorization;
import org.springframework.security.oauth2.server.authorization.OAuth2AuthorizationCode;
import org.springframework.security.oauth2.server.authorization.OAuth2AuthorizationService;
import org.springframework.security.oauth2.server.authorization.OAuth2TokenType;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Authorizations in PostgreSQL, as JSON: a code that one replica issued is redeemed by any other.
 * Adds to Spring Security's store what several replicas need: a code is redeemed once even if two
 * replicas are asked at the same moment, a revocation is not undone by a refresh that was under
 * way, and what has expired is removed.
 */
class AuthorizationStore implements OAuth2AuthorizationService {

  private static final Logger log = LoggerFactory.getLogger(AuthorizationStore.class);

  /** Rows per clean-up; bounds the time that one statement holds its locks. */
  private static final int PURGE_BATCH = 1000;

  private final JdbcOperations jdbc;
  private final RegisteredClientRepository clients;
  private final TransactionOperations transactions;
  private final StartUp startUp;
  private final InstantSource time;
  private volatile @Nullable JdbcOAuth2AuthorizationService table;

  AuthorizationStore(
      JdbcOperations jdbc,
      RegisteredClientRepository clients,
      TransactionOperations transactions,
      StartUp startUp,
      InstantSource time) {
    this.jdbc = jdbc;
    this.clients = clients;
    this.transactions = transactions;
    this.startUp = startUp;
    this.time = time;
  }

  @Override
  public void save(OAuth2Authorization incoming) {
    Boolean overtaken =
        transactions.execute(
            transaction -> {
              jdbc.queryForList(
                  "SELECT id FROM oauth2_authorization WHERE id = ? FOR UPDATE", incoming.getId());
              OAuth2Authorization stored = table().findById(incoming.getId());
              if (overtaken(stored, incoming)) {
                if (stored != null) {
                  table().remove(stored);
                }
                return true;
              }
              table().save(incoming);
              return false;
            });
    if (Boolean.TRUE.equals(overtaken)) {
      log.warn(
          "Authorization {} was used twice at the same moment; it is revoked (RFC 6749 §4.1.2).",
          incoming.getId());
      throw new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_GRANT);
    }
  }

  /**
   * Whether another request changed the stored authorization since the incoming one was read. A
   * refresh keeps the refresh token, so two refreshes at once are no conflict; two redemptions of
   * one code issue two refresh tokens.
   */
  private static boolean overtaken(
      @Nullable OAuth2Authorization stored, OAuth2Authorization incoming) {
    if (stored == null) {
      // New ones come with a fresh code; one whose code was used has been revoked meanwhile.
      return codeUsed(incoming);
    }
    if (!codeUsed(stored)) {
      return false;
    }
    var storedRefresh = stored.getRefreshToken();
    var incomingRefresh = incoming.getRefreshToken();
    if (storedRefresh == null || incomingRefresh == null) {
      return storedRefresh != incomingRefresh;
    }
    boolean sameToken =
        Objects.equals(
            storedRefresh.getToken().getTokenValue(), incomingRefresh.getToken().getTokenValue());
    boolean revivesRevoked = storedRefresh.isInvalidated() && !incomingRefresh.isInvalidated();
    return !sameToken || revivesRevoked;
  }

  private static boolean codeUsed(OAuth2Authorization authorization) {
    OAuth2Authorization.Token<OAuth2AuthorizationCode> code =
        authorization.getToken(OAuth2AuthorizationCode.class);
    return code != null && code.isInvalidated();
  }

  @Override
  public void remove(OAuth2Authorization authorization) {
    table().remove(authorization);
  }

  @Override
  public @Nullable OAuth2Authorization findById(String id) {
    return table().findById(id);
  }

  @Override
  public @Nullable OAuth2Authorization findByToken(String token, @Nullable OAuth2TokenType type) {
    return table().findByToken(token, type);
  }

  /**
   * Removes authorizations of which nothing is valid any more; every replica does, the statement is
   * harmless twice.
   */
  @Scheduled(initialDelayString = "PT3M", fixedDelayString = "PT10M")
  void purge() {
    if (!startUp.isDone()) {
      return;
    }
    try {
      int removed =
          jdbc.update(
              """
              DELETE FROM oauth2_authorization WHERE id IN (
                SELECT id FROM oauth2_authorization
                WHERE greatest(authorization_code_expires_at, access_token_expires_at,
                               oidc_id_token_expires_at, refresh_token_expires_at) < ?
                LIMIT ?)
              """,
              time.instant().atOffset(ZoneOffset.UTC),
              PURGE_BATCH);
      log.debug("Removed {} expired authorizations", removed);
    } catch (DataAccessException e) {
      log.warn("Expired authorizations stay until the next clean-up: {}", e.getMessage());
    }
  }

  /**
   * Spring's store looks at the table's columns when it is made, so it can be made only after the
   * migration.
   */
  private JdbcOAuth2AuthorizationService table() {
    JdbcOAuth2AuthorizationService made = table;
    if (made == null) {
      if (!startUp.isDone()) {
        throw new DataAccessResourceFailureException("waiting for " + startUp.waitingFor());
      }
      made = new JdbcOAuth2AuthorizationService(jdbc, clients);
      table = made;
    }
    return made;
  }
}
