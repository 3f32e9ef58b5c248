package io.sharedredis.webspa.farm;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.json.JsonMapper;

/**
 * Just enough of an OpenID Connect provider: keys, tokens, userinfo on a port of its own, under an
 * issuer that nobody can reach. The pair with the real one is tested in e2e.
 */
public final class StubIdentity implements AutoCloseable {

  public static final String PUBLIC_URL = "http://localhost:1";
  public static final String SECRET = "stub-secret";
  public static final String ALL_SCOPES = "openid profile orders basket orders.signalrhub";
  private static final String ISSUER = PUBLIC_URL + "/identity";

  private final HttpServer server;
  private final RSAKey key;
  private final Map<String, Grant> codes = new ConcurrentHashMap<>();

  /** The last id token of each user, the only one that the provider would know at sign-out. */
  public final Map<String, String> idTokens = new ConcurrentHashMap<>();

  public final AtomicInteger refreshes = new AtomicInteger();

  /** Seconds that access tokens of the sign-in live. */
  public volatile int tokenLife = 3600;

  private record Grant(String user, String nonce, String challenge) {}

  public StubIdentity() {
    try {
      key = new RSAKeyGenerator(2048).keyID("stub").generate();
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
    server.createContext(
        "/identity/oauth2/jwks",
        exchange -> answer(exchange, 200, new JWKSet(key.toPublicJWK()).toString()));
    server.createContext("/identity/oauth2/token", this::token);
    server.createContext("/identity/userinfo", this::userInfo);
    server.setExecutor(
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "stub-identity");
              thread.setDaemon(true);
              return thread;
            }));
    server.start();
  }

  /** The internal base URL. */
  public String url() {
    return "http://localhost:" + server.getAddress().getPort() + "/identity";
  }

  public static String subjectOf(String user) {
    return "sub-of-" + user;
  }

  /** An access token with every scope. */
  public String bearer(String user) {
    return bearer(user, ALL_SCOPES);
  }

  public String bearer(String user, String scopes) {
    return sign(claims(user, 3600).claim("scope", List.of(scopes.split(" "))));
  }

  public String expiredBearer(String user) {
    return sign(claims(user, -3600).claim("scope", List.of(ALL_SCOPES.split(" "))));
  }

  public String bearerOfIssuer(String user, String issuer) {
    return sign(claims(user, 3600).issuer(issuer).claim("scope", List.of(ALL_SCOPES.split(" "))));
  }

  /**
   * What the provider does when the user has signed in there: a code for the authorization request.
   */
  public String authorize(String user, Map<String, String> authorizationRequest) {
    String code = UUID.randomUUID().toString();
    codes.put(
        code,
        new Grant(
            user, authorizationRequest.get("nonce"), authorizationRequest.get("code_challenge")));
    return code;
  }

  private void token(HttpExchange exchange) throws IOException {
    Map<String, String> form =
        query(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    String basic =
        Base64.getEncoder().encodeToString(("webspa:" + SECRET).getBytes(StandardCharsets.UTF_8));
    if (!("Basic " + basic).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      answer(exchange, 401, "{\"error\":\"invalid_client\"}");
      return;
    }
    Grant grant;
    if ("refresh_token".equals(form.get("grant_type"))) {
      refreshes.incrementAndGet();
      grant = new Grant(form.get("refresh_token").substring("refresh-".length()), null, null);
    } else {
      grant = codes.remove(form.get("code"));
      if (grant == null || !grant.challenge().equals(s256(form.get("code_verifier")))) {
        answer(exchange, 400, "{\"error\":\"invalid_grant\"}");
        return;
      }
    }
    Map<String, Object> tokens = new HashMap<>();
    tokens.put("access_token", bearer(grant.user()));
    tokens.put("token_type", "Bearer");
    tokens.put("expires_in", tokenLife);
    tokens.put("refresh_token", "refresh-" + grant.user());
    tokens.put("scope", ALL_SCOPES);
    String idToken =
        sign(
            claims(grant.user(), 3600)
                .jwtID(UUID.randomUUID().toString())
                .claim("nonce", grant.nonce())
                .claim("name", "Name of " + grant.user())
                .claim("email", grant.user() + "@example.com"));
    idTokens.put(grant.user(), idToken);
    tokens.put("id_token", idToken);
    answer(exchange, 200, JsonMapper.shared().writeValueAsString(tokens));
  }

  private void userInfo(HttpExchange exchange) throws IOException {
    String name;
    try {
      String header = exchange.getRequestHeaders().getFirst("Authorization");
      name =
          SignedJWT.parse(header.substring("Bearer ".length()))
              .getJWTClaimsSet()
              .getStringClaim("unique_name");
    } catch (java.text.ParseException e) {
      throw new IOException(e);
    }
    answer(
        exchange,
        200,
        JsonMapper.shared()
            .writeValueAsString(
                Map.of(
                    "sub", subjectOf(name),
                    "unique_name", name,
                    "address_street", "1 Pier Road",
                    "address_city", "Harbor",
                    "card_number", "4012888888881881",
                    "card_holder", "Alice Smith",
                    "card_expiration", "12/40")));
  }

  private static JWTClaimsSet.Builder claims(String user, int seconds) {
    Instant now = Instant.now();
    return new JWTClaimsSet.Builder()
        .issuer(ISSUER)
        .subject(subjectOf(user))
        .audience("webspa")
        .issueTime(Date.from(now.minus(Duration.ofHours(2))))
        .expirationTime(Date.from(now.plusSeconds(seconds)))
        .claim("unique_name", user);
  }

  private String sign(JWTClaimsSet.Builder claims) {
    try {
      SignedJWT jwt =
          new SignedJWT(
              new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("stub").build(), claims.build());
      jwt.sign(new RSASSASigner(key));
      return jwt.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String s256(String verifier) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Parameters of a query or a form. */
  public static Map<String, String> query(String text) {
    Map<String, String> result = new HashMap<>();
    for (String pair : text.split("&")) {
      String[] parts = pair.split("=", 2);
      result.put(
          parts[0], URLDecoder.decode(parts.length == 2 ? parts[1] : "", StandardCharsets.UTF_8));
    }
    return result;
  }

  private static void answer(HttpExchange exchange, int status, String json) throws IOException {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    try (var out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
