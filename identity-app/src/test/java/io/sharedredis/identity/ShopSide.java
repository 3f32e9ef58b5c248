package io.sharedredis.identity;

import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import io.sharedredis.identity.Farm.Replica;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;

/** What the shop does as a client of the provider, with one PKCE verifier per sign-in. */
public final class ShopSide {

  public static final String VERIFIER = "a-verifier-of-43-characters-or-more-0123456789";
  public static final String SCOPES = "openid profile orders basket orders.signalrhub";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private ShopSide() {}

  public static Map<String, String> authorizeParameters() {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("response_type", "code");
    parameters.put("client_id", "webspa");
    parameters.put("scope", SCOPES);
    parameters.put("state", "state-1");
    parameters.put("nonce", "nonce-1");
    parameters.put("redirect_uri", Farm.REDIRECT);
    parameters.put("code_challenge", challenge(VERIFIER));
    parameters.put("code_challenge_method", "S256");
    return parameters;
  }

  public static String authorizePath() {
    return authorizePath(authorizeParameters());
  }

  public static String authorizePath(Map<String, String> parameters) {
    return "/identity/oauth2/authorize?" + Browser.encode(parameters);
  }

  /** Signs a person in at one replica and returns the code it issued. */
  public static String code(Browser browser, Replica replica, String name) {
    HttpResponse<String> signedIn =
        browser.signIn(replica, replica, authorizePath(), name, "Pass123$");
    HttpResponse<String> back = browser.get(replica, Browser.location(signedIn));
    return codeIn(Browser.location(back));
  }

  public static String codeIn(String location) {
    Matcher code = Pattern.compile("[?&]code=([^&]+)").matcher(location);
    if (!location.startsWith(Farm.REDIRECT) || !code.find()) {
      throw new AssertionError("no code in " + location);
    }
    return code.group(1);
  }

  public static HttpResponse<String> redeem(Replica replica, String code) {
    return redeem(replica, code, Farm.REDIRECT, VERIFIER);
  }

  public static HttpResponse<String> redeem(
      Replica replica, String code, String redirectUri, String verifier) {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "authorization_code");
    form.put("code", code);
    form.put("redirect_uri", redirectUri);
    form.put("code_verifier", verifier);
    return token(replica, form);
  }

  public static HttpResponse<String> refresh(Replica replica, String refreshToken) {
    return token(replica, Map.of("grant_type", "refresh_token", "refresh_token", refreshToken));
  }

  public static HttpResponse<String> token(Replica replica, Map<String, String> form) {
    String credentials = "webspa:" + Farm.SECRET;
    return Browser.raw(
        HttpRequest.newBuilder(URI.create(replica.root() + "/identity/oauth2/token"))
            .header(
                "Authorization",
                "Basic "
                    + Base64.getEncoder()
                        .encodeToString(credentials.getBytes(StandardCharsets.UTF_8)))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(Browser.encode(form))));
  }

  public static HttpResponse<String> userinfo(Replica replica, String accessToken) {
    return Browser.raw(
        HttpRequest.newBuilder(URI.create(replica.root() + "/identity/userinfo"))
            .header("Authorization", "Bearer " + accessToken));
  }

  @SuppressWarnings("unchecked")
  public static Map<String, Object> json(HttpResponse<String> response) {
    return JSON.readValue(response.body(), Map.class);
  }

  /** Verifies a token with the keys that a replica publishes, and returns its claims. */
  public static Map<String, Object> verified(Replica replica, Object token) throws Exception {
    SignedJWT jwt = SignedJWT.parse((String) token);
    String keys =
        Browser.raw(HttpRequest.newBuilder(URI.create(replica.root() + "/identity/oauth2/jwks")))
            .body();
    var key = JWKSet.parse(keys).getKeyByKeyId(jwt.getHeader().getKeyID());
    if (key == null || !jwt.verify(new RSASSAVerifier(key.toRSAKey()))) {
      throw new AssertionError("not verified by the keys of " + replica.name() + ": " + keys);
    }
    return jwt.getJWTClaimsSet().getClaims();
  }

  private static String challenge(String verifier) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
