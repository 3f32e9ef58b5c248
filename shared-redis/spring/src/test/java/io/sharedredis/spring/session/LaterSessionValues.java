package io.sharedredis.spring.session;

import static io.sharedredis.spring.session.SessionValues.context;
import static io.sharedredis.spring.session.SessionValues.oidcToken;
import static io.sharedredis.spring.session.SessionValues.passwordToken;

import java.io.ByteArrayInputStream;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.security.authentication.AccountExpiredException;
import org.springframework.security.authentication.AuthenticationCredentialsNotFoundException;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authentication.CredentialsExpiredException;
import org.springframework.security.authentication.DisabledException;
import org.springframework.security.authentication.InsufficientAuthenticationException;
import org.springframework.security.authentication.InternalAuthenticationServiceException;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.authentication.ProviderNotFoundException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.authentication.ott.InvalidOneTimeTokenException;
import org.springframework.security.authentication.ott.OneTimeTokenAuthentication;
import org.springframework.security.authentication.password.CompromisedPasswordException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.FactorGrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.security.web.authentication.WebAuthenticationDetails;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedAuthenticationToken;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedCredentialsNotFoundException;
import org.springframework.security.web.authentication.rememberme.CookieTheftException;
import org.springframework.security.web.authentication.rememberme.InvalidCookieException;
import org.springframework.security.web.authentication.rememberme.RememberMeAuthenticationException;
import org.springframework.security.web.authentication.session.SessionAuthenticationException;
import org.springframework.security.web.authentication.switchuser.SwitchUserGrantedAuthority;
import org.springframework.security.web.authentication.www.NonceExpiredException;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.ServletRequestAttributes;

/** What sessions take since the second version; the same in every run. */
final class LaterSessionValues {

  static final List<GrantedAuthority> USER = List.of(new SimpleGrantedAuthority("ROLE_USER"));

  /** Of alice, made once; signed by itself. */
  private static final String CERTIFICATE =
      "MIIBNzCB36ADAgECAghgVOjd14AM3jAKBggqhkjOPQQDAjAQMQ4wDAYDVQQDEwVhbGljZTAgFw0y"
          + "NjExMjMwNDE4MzZaGA8yMTI2MTAzMDA0MTgzNlowEDEOMAwGA1UEAxMFYWxpY2UwWTATBgcqhkjO"
          + "PQIBBggqhkjOPQMBBwNCAAQ4Kgc/o/UZ6PHKW0pXojc3Yp2eW36Z7QlS9/nvRcBgD90vcGjo1jj0"
          + "Qt+JgOgQb0zYvMM3lwu2UiGWYfNcOOGGoyEwHzAdBgNVHQ4EFgQUUXd8ntqNb4DkMHDeAHcQ8ZyQ"
          + "W0MwCgYIKoZIzj0EAwIDRwAwRAIgSNEFyinrb9m4nT2rj6uRqHDq9a6bD32gBJ3amy1mCrsCIBNS"
          + "GSLP1Orm9LkddNipEtRUyi/qLcnKhnyghoZUoF8/";

  private LaterSessionValues() {}

  static Map<String, Object> all() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("one-time-token-sign-in", context(oneTimeToken()));
    values.put("certificate-sign-in", context(byCertificate()));
    values.put("switched-user", context(switchedFrom(passwordToken())));
    values.put("switched-user-from-oidc", context(switchedFrom(oidcToken())));
    values.put("failed-sign-ins", new ArrayList<>(failures()));
    values.put("time-zone", TimeZone.getTimeZone("Europe/Berlin"));
    return values;
  }

  static Authentication oneTimeToken() {
    OneTimeTokenAuthentication signIn =
        new OneTimeTokenAuthentication(user("alice"), factor("OTT"));
    signIn.setDetails(new WebAuthenticationDetails("127.0.0.1", "a-session-id"));
    return signIn;
  }

  private static Authentication byCertificate() {
    try {
      Certificate certificate =
          CertificateFactory.getInstance("X.509")
              .generateCertificate(
                  new ByteArrayInputStream(Base64.getDecoder().decode(CERTIFICATE)));
      PreAuthenticatedAuthenticationToken signIn =
          new PreAuthenticatedAuthenticationToken(user("alice"), certificate, factor("X509"));
      signIn.setDetails(new WebAuthenticationDetails("127.0.0.1", "a-session-id"));
      return signIn;
    } catch (CertificateException e) {
      throw new IllegalStateException(e);
    }
  }

  static Authentication switchedFrom(Authentication source) {
    List<GrantedAuthority> authorities = new ArrayList<>(USER);
    authorities.add(new SwitchUserGrantedAuthority("ROLE_PREVIOUS_ADMINISTRATOR", source));
    UsernamePasswordAuthenticationToken token =
        UsernamePasswordAuthenticationToken.authenticated(user("bob"), null, authorities);
    token.setDetails(new WebAuthenticationDetails("127.0.0.1", "a-session-id"));
    return token;
  }

  /** What Spring adds beside a bean of session scope that wants to hear of the session's end. */
  static Object ofOneReplica() {
    MockHttpServletRequest request = new MockHttpServletRequest();
    new ServletRequestAttributes(request)
        .registerDestructionCallback("cart", () -> {}, RequestAttributes.SCOPE_SESSION);
    return request
        .getSession()
        .getAttribute(ServletRequestAttributes.DESTRUCTION_CALLBACK_NAME_PREFIX + "cart");
  }

  static User user(String name) {
    User user = new User(name, "{bcrypt}hash", USER);
    user.eraseCredentials();
    return user;
  }

  static List<GrantedAuthority> factor(String name) {
    List<GrantedAuthority> authorities = new ArrayList<>(USER);
    authorities.add(
        FactorGrantedAuthority.withAuthority("FACTOR_" + name)
            .issuedAt(SessionValues.ISSUED)
            .build());
    return authorities;
  }

  static List<Exception> failures() {
    return List.of(
        new AccountExpiredException("User account has expired"),
        new AuthenticationCredentialsNotFoundException("An Authentication object was not found"),
        new AuthenticationServiceException("no answer"),
        new CompromisedPasswordException("The provided password is compromised"),
        new CookieTheftException("Invalid remember-me token"),
        new CredentialsExpiredException("User credentials have expired"),
        new DisabledException("User is disabled"),
        new InsufficientAuthenticationException("Full authentication is required"),
        new InternalAuthenticationServiceException("naïve", new IllegalStateException("inner")),
        new InvalidCookieException("Cookie token did not contain 2 tokens"),
        new InvalidOneTimeTokenException("Invalid token"),
        new LockedException("User account is locked"),
        new NonceExpiredException("Nonce has expired"),
        new PreAuthenticatedCredentialsNotFoundException("no header"),
        new ProviderNotFoundException("No AuthenticationProvider found"),
        new RememberMeAuthenticationException("remembered wrongly"),
        new SessionAuthenticationException("Maximum sessions of 1 exceeded"),
        new UsernameNotFoundException(null));
  }
}
