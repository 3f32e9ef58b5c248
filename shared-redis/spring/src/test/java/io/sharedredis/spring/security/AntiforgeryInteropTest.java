package io.sharedredis.spring.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.aspnet.antiforgery.AntiforgeryTokens;
import io.sharedredis.dataprotection.aspnet.antiforgery.AntiforgeryTokens.Verdict;
import io.sharedredis.dataprotection.aspnet.antiforgery.AntiforgeryUser;
import io.sharedredis.dataprotection.aspnet.ticket.ClaimTypes;
import io.sharedredis.dataprotection.aspnet.ticket.Ticket;
import io.sharedredis.dataprotection.aspnet.ticket.TicketClaim;
import io.sharedredis.dataprotection.aspnet.ticket.TicketIdentity;
import io.sharedredis.dataprotection.aspnet.ticket.TicketProperties;
import io.sharedredis.dataprotection.repository.InMemoryKeyRepository;
import io.sharedredis.dataprotection.repository.KeyItem;
import io.sharedredis.spring.security.aspnet.Recorded;
import io.sharedredis.spring.security.aspnet.TicketAuthentication;
import io.sharedredis.spring.security.aspnet.TicketPrincipal;
import jakarta.servlet.http.Cookie;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.csrf.CsrfToken;
import tools.jackson.databind.JsonNode;

/** Tokens that ASP.NET Core issued for users of all kinds, before Spring Security's filter. */
class AntiforgeryInteropTest {

  private static final JsonNode RECORD = Recorded.json("antiforgery.json");
  private static final String APPLICATION = RECORD.get("application").asString();

  private final DataProtection ring = ring(RECORD.get("ring").asString());
  private final CsrfFilter filter = filter();

  @AfterEach
  void signOut() {
    SecurityContextHolder.clearContext();
    ring.close();
  }

  @TestFactory
  Stream<DynamicTest> tokenOfDotNetIsAcceptedForWhomDotNetTakesItAndForNobodyElse() {
    Map<String, JsonNode> users = users();
    String cookie = text(users.get("anonymous").get("tokens").get("cookie_token"));
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode row : RECORD.get("matrix")) {
      String issuedFor = row.get("issued_for").asString();
      String token = text(users.get(issuedFor).get("tokens").get("request_token"));
      row.get("answers")
          .properties()
          .forEach(
              answer ->
                  answer
                      .getValue()
                      .forEach(
                          name ->
                              tests.add(
                                  DynamicTest.dynamicTest(
                                      issuedFor + " → " + name.asString(),
                                      () -> {
                                        signIn(users.get(name.asString()));
                                        assertThat(post(cookie, token))
                                            .isEqualTo(answer.getKey().equals("ok") ? 200 : 403);
                                      }))));
    }
    return tests.stream();
  }

  /** What .NET accepts for a user is what it made for him: same claims, same hash. */
  @TestFactory
  Stream<DynamicTest> tokenMadeHereIsBoundToTheUserAsTheOneOfDotNet() {
    Map<String, JsonNode> users = users();
    String cookie = text(users.get("anonymous").get("tokens").get("cookie_token"));
    AntiforgeryTokens tokens = new AntiforgeryTokens(ring, new SecureRandom());
    return users.entrySet().stream()
        .filter(user -> user.getValue().get("tokens").hasNonNull("request_token"))
        .map(
            user ->
                DynamicTest.dynamicTest(
                    user.getKey(),
                    () -> {
                      signIn(user.getValue());
                      String made = get(cookie);
                      String theirs = text(user.getValue().get("tokens").get("request_token"));
                      assertThat(made).hasSameSizeAs(theirs).isNotEqualTo(theirs);
                      assertThat(
                              tokens.check(cookie, made, described(user.getValue()), data -> true))
                          .isEqualTo(Verdict.VALID);
                      assertThat(post(cookie, made)).isEqualTo(200);
                    }));
  }

  private static void signIn(JsonNode user) {
    Authentication authentication = authentication(user);
    SecurityContextHolder.setContext(new SecurityContextImpl(authentication));
    if (authentication == null) {
      SecurityContextHolder.clearContext();
    }
  }

  private static AntiforgeryUser described(JsonNode user) {
    Authentication authentication = authentication(user);
    if (authentication == null) {
      return AntiforgeryUser.ANONYMOUS;
    }
    return authentication.getPrincipal() instanceof TicketPrincipal claims
        ? AntiforgeryUser.of(claims.ticket().identities())
        : AntiforgeryUser.named(authentication.getName());
  }

  /** A user with claims comes by a ticket; one with a name alone signed in here. */
  private static Authentication authentication(JsonNode user) {
    List<TicketIdentity> identities = new ArrayList<>();
    for (JsonNode identity : user.get("identities")) {
      TicketIdentity described = identity(identity.get("described"));
      identities.add(described);
      String name = text(identity.get("name"));
      if (described.isAuthenticated() && described.claims().isEmpty() && name != null) {
        return UsernamePasswordAuthenticationToken.authenticated(name, null, List.of());
      }
    }
    if (identities.stream().noneMatch(TicketIdentity::isAuthenticated)) {
      return null;
    }
    return new TicketAuthentication(
        new TicketPrincipal(new Ticket("Cookies", identities, TicketProperties.EMPTY)), List.of());
  }

  private static TicketIdentity identity(JsonNode described) {
    List<TicketClaim> claims = new ArrayList<>();
    for (JsonNode claim : described.get("claims")) {
      String issuer = or(claim, "issuer", ClaimTypes.LOCAL_AUTHORITY);
      claims.add(
          new TicketClaim(
              text(claim.get("type")),
              text(claim.get("value")),
              or(claim, "value_type", ClaimTypes.STRING),
              issuer,
              or(claim, "original_issuer", issuer),
              Map.of()));
    }
    return new TicketIdentity(
        or(described, "authentication_type", ""),
        or(described, "name_claim_type", ClaimTypes.NAME),
        or(described, "role_claim_type", ClaimTypes.ROLE),
        claims,
        null,
        null);
  }

  private String get(String cookie) throws Exception {
    MockHttpServletRequest request = request("GET", cookie);
    filter.doFilter(request, new MockHttpServletResponse(), new MockFilterChain());
    return ((CsrfToken) request.getAttribute("_csrf")).getToken();
  }

  private int post(String cookie, String token) throws Exception {
    MockHttpServletRequest request = request("POST", cookie);
    request.addHeader(Antiforgery.DOTNET_HEADER, token);
    MockHttpServletResponse response = new MockHttpServletResponse();
    filter.doFilter(request, response, new MockFilterChain());
    return response.getStatus();
  }

  private static MockHttpServletRequest request(String method, String cookie) {
    MockHttpServletRequest request = new MockHttpServletRequest(method, "/order");
    request.setCookies(new Cookie(AntiforgeryTokens.cookieName(APPLICATION), cookie));
    return request;
  }

  private CsrfFilter filter() {
    Antiforgery antiforgery = new Antiforgery(ring, new SecureRandom(), APPLICATION, false);
    CsrfFilter csrf = new CsrfFilter(antiforgery);
    csrf.setRequestHandler(antiforgery);
    return csrf;
  }

  private static Map<String, JsonNode> users() {
    Map<String, JsonNode> users = new LinkedHashMap<>();
    RECORD.get("tokens").forEach(one -> users.put(one.get("user").asString(), one));
    return users;
  }

  private static DataProtection ring(String name) {
    InMemoryKeyRepository repository = new InMemoryKeyRepository();
    Recorded.json("keyrings.json")
        .get("rings")
        .valueStream()
        .filter(ring -> ring.get("name").asString().equals(name))
        .flatMap(ring -> ring.get("redis_items").valueStream())
        .forEach(item -> repository.store(new KeyItem(text(item), "")));
    return DataProtection.open(
        DataProtectionOptions.builder().applicationName(APPLICATION).build(), repository);
  }

  private static String or(JsonNode node, String name, String standard) {
    String text = text(node.get(name));
    return text == null ? standard : text;
  }

  private static String text(JsonNode node) {
    if (node == null || node.isNull()) {
      return null;
    }
    if (!node.isArray()) {
      return node.asString();
    }
    StringBuilder joined = new StringBuilder();
    node.forEach(part -> joined.append(part.asString()));
    return joined.toString();
  }
}
