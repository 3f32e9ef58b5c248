package io.sharedredis.identity.oidc;

import io.sharedredis.identity.IdentitySettings;
import io.sharedredis.identity.startup.StartUpStep;
import io.sharedredis.spring.web.PublicUrl;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.annotation.Order;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.settings.ClientSettings;
import org.springframework.security.oauth2.server.authorization.settings.TokenSettings;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Registers the shop as a client, or brings its registration up to date with the environment.
 * Replicas that start together take turns, and write only when something differs.
 */
@Component
@Order(20)
class ShopClient implements StartUpStep {

  static final String CLIENT_ID = "webspa";

  static final Set<String> SCOPES =
      Set.of("openid", "profile", "orders", "basket", "orders.signalrhub");

  private static final Logger log = LoggerFactory.getLogger(ShopClient.class);

  /**
   * One minute: a redirect takes milliseconds, and a code that leaks into a log is worthless soon.
   */
  private static final Duration CODE_LIFE = Duration.ofMinutes(1);

  /** One hour: how long a copied access token would work. */
  private static final Duration ACCESS_LIFE = Duration.ofHours(1);

  /** Eight hours, a working day: as long as the shop's session lives without being used. */
  private static final Duration REFRESH_LIFE = Duration.ofHours(8);

  private final IdentitySettings settings;
  private final PublicUrl site;
  private final RegisteredClientRepository clients;
  private final PasswordEncoder encoder;
  private final JdbcClient jdbc;
  private final TransactionOperations transactions;
  private final InstantSource time;

  ShopClient(
      IdentitySettings settings,
      PublicUrl site,
      RegisteredClientRepository clients,
      PasswordEncoder encoder,
      JdbcClient jdbc,
      TransactionOperations transactions,
      InstantSource time) {
    this.settings = settings;
    this.site = site;
    this.clients = clients;
    this.encoder = encoder;
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.time = time;
  }

  @Override
  public String description() {
    return "registration of the client " + CLIENT_ID;
  }

  @Override
  public void run() {
    transactions.executeWithoutResult(
        transaction -> {
          jdbc.sql("SELECT pg_advisory_xact_lock(hashtext('identity.client'))")
              .query((rows, number) -> number)
              .list();
          RegisteredClient stored = clients.findByClientId(CLIENT_ID);
          RegisteredClient wanted = wanted(stored);
          if (!wanted.equals(stored)) {
            clients.save(wanted);
            log.info("Client {} is registered for {}", CLIENT_ID, site);
          }
        });
  }

  private RegisteredClient wanted(@Nullable RegisteredClient stored) {
    RegisteredClient.Builder client =
        stored == null
            ? RegisteredClient.withId(CLIENT_ID)
                .clientId(CLIENT_ID)
                .clientIdIssuedAt(time.instant())
            : RegisteredClient.from(stored);
    return client
        .clientName("Harbor Goods")
        .clientSecret(secret(stored))
        .clientAuthenticationMethods(
            methods -> {
              methods.clear();
              methods.add(ClientAuthenticationMethod.CLIENT_SECRET_BASIC);
              methods.add(ClientAuthenticationMethod.CLIENT_SECRET_POST);
            })
        .authorizationGrantTypes(
            grants -> {
              grants.clear();
              grants.add(AuthorizationGrantType.AUTHORIZATION_CODE);
              grants.add(AuthorizationGrantType.REFRESH_TOKEN);
            })
        .redirectUris(
            uris -> {
              uris.clear();
              uris.add(site.resolve("/login/oauth2/code/shop"));
            })
        .postLogoutRedirectUris(
            uris -> {
              uris.clear();
              uris.add(site.resolve("/"));
            })
        .scopes(
            scopes -> {
              scopes.clear();
              scopes.addAll(SCOPES);
            })
        .clientSettings(
            ClientSettings.builder()
                .requireProofKey(true)
                .requireAuthorizationConsent(false)
                .build())
        .tokenSettings(
            TokenSettings.builder()
                .authorizationCodeTimeToLive(CODE_LIFE)
                .accessTokenTimeToLive(ACCESS_LIFE)
                .refreshTokenTimeToLive(REFRESH_LIFE)
                // The shop keeps the token on its servers and may refresh on two replicas at once;
                // a token that
                // changes with each use would sign the slower one out (RFC 9700 §4.14 asks it of
                // public clients).
                .reuseRefreshTokens(true)
                .build())
        .build();
  }

  /**
   * Keeps the stored hash while the secret is the same: hashes are salted, so a new one would
   * always differ.
   */
  private String secret(@Nullable RegisteredClient stored) {
    String hash = stored == null ? null : stored.getClientSecret();
    return hash != null && encoder.matches(settings.clientSecret(), hash)
        ? hash
        : Objects.requireNonNull(encoder.encode(settings.clientSecret()));
  }
}
