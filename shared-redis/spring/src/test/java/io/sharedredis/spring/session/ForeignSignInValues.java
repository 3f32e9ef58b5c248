package io.sharedredis.spring.session;

import static io.sharedredis.spring.session.LaterSessionValues.USER;
import static io.sharedredis.spring.session.LaterSessionValues.factor;
import static io.sharedredis.spring.session.SessionValues.context;

import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apereo.cas.client.authentication.AttributePrincipalImpl;
import org.apereo.cas.client.validation.AssertionImpl;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.cas.authentication.CasAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.ldap.userdetails.InetOrgPerson;
import org.springframework.security.ldap.userdetails.LdapAuthority;
import org.springframework.security.ldap.userdetails.LdapUserDetailsImpl;
import org.springframework.security.ldap.userdetails.Person;
import org.springframework.security.saml2.core.Saml2Error;
import org.springframework.security.saml2.provider.service.authentication.DefaultSaml2AuthenticatedPrincipal;
import org.springframework.security.saml2.provider.service.authentication.Saml2AssertionAuthentication;
import org.springframework.security.saml2.provider.service.authentication.Saml2Authentication;
import org.springframework.security.saml2.provider.service.authentication.Saml2AuthenticationException;
import org.springframework.security.saml2.provider.service.authentication.Saml2PostAuthenticationRequest;
import org.springframework.security.saml2.provider.service.authentication.Saml2RedirectAuthenticationRequest;
import org.springframework.security.saml2.provider.service.authentication.Saml2ResponseAssertion;
import org.springframework.security.saml2.provider.service.authentication.logout.Saml2LogoutRequest;
import org.springframework.security.saml2.provider.service.registration.RelyingPartyRegistration;
import org.springframework.security.web.authentication.WebAuthenticationDetails;

/** What those leave in a session who sign in at another place: SAML 2, LDAP and CAS. */
final class ForeignSignInValues {

  private ForeignSignInValues() {}

  static Map<String, Object> all() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("saml2-sign-in", context(samlAssertion()));
    values.put("saml2-former-sign-in", context(samlResponse()));
    values.put("saml2-redirect-request", redirect());
    values.put("saml2-post-request", post());
    values.put("saml2-logout-request", logout());
    values.put("saml2-error", samlError());
    values.put("ldap-sign-in", context(ldap(ldapUser(new LdapUserDetailsImpl.Essence()))));
    values.put("ldap-person-sign-in", context(ldap(person(new Person.Essence()))));
    values.put("ldap-organisation-sign-in", context(ldap(inetOrgPerson())));
    values.put("cas-sign-in", context(cas()));
    return values;
  }

  private static Map<String, List<Object>> samlAttributes() {
    Map<String, List<Object>> attributes = new LinkedHashMap<>();
    attributes.put("mail", new ArrayList<>(List.of("alice@example.org")));
    attributes.put("since", new ArrayList<>(List.of(SessionValues.ISSUED)));
    attributes.put("numbers", new ArrayList<>(List.of(7, true)));
    return attributes;
  }

  private static Authentication samlAssertion() {
    Saml2ResponseAssertion assertion =
        Saml2ResponseAssertion.withResponseValue("<saml2p:Response>naïve</saml2p:Response>")
            .nameId("alice")
            .sessionIndexes(new ArrayList<>(List.of("index-1")))
            .attributes(samlAttributes())
            .build();
    Saml2AssertionAuthentication signIn =
        new Saml2AssertionAuthentication(assertion, factor("SAML_RESPONSE"), "idp");
    signIn.setDetails(new WebAuthenticationDetails("127.0.0.1", "a-session-id"));
    return signIn;
  }

  @SuppressWarnings({"deprecation", "removal"}) // Sessions hold it until they expire.
  private static Authentication samlResponse() {
    DefaultSaml2AuthenticatedPrincipal alice =
        new DefaultSaml2AuthenticatedPrincipal(
            "alice", samlAttributes(), new ArrayList<>(List.of("index-1")));
    alice.setRelyingPartyRegistrationId("idp");
    return new Saml2Authentication(alice, "<saml2p:Response/>", USER);
  }

  private static RelyingPartyRegistration registration() {
    return RelyingPartyRegistration.withRegistrationId("idp")
        .entityId("http://localhost/shop")
        .assertionConsumerServiceLocation("http://localhost/login/saml2/sso/idp")
        .singleLogoutServiceLocation("http://localhost/logout/saml2/slo")
        .assertingPartyMetadata(
            party ->
                party
                    .entityId("https://idp.example.org")
                    .singleSignOnServiceLocation("https://idp.example.org/sso")
                    .singleLogoutServiceLocation("https://idp.example.org/slo")
                    .wantAuthnRequestsSigned(false))
        .build();
  }

  private static Saml2RedirectAuthenticationRequest redirect() {
    return Saml2RedirectAuthenticationRequest.withRelyingPartyRegistration(registration())
        .samlRequest("fZJ")
        .relayState("a-state")
        .sigAlg("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256")
        .signature("c2ln")
        .id("ARQ1")
        .build();
  }

  private static Saml2PostAuthenticationRequest post() {
    return Saml2PostAuthenticationRequest.withRelyingPartyRegistration(registration())
        .samlRequest("PD94")
        .relayState("a-state")
        .id("ARQ2")
        .build();
  }

  private static Saml2LogoutRequest logout() {
    return Saml2LogoutRequest.withRelyingPartyRegistration(registration())
        .samlRequest("PD94")
        .relayState("a-state")
        .id("LR1")
        .build();
  }

  private static Saml2AuthenticationException samlError() {
    return new Saml2AuthenticationException(
        new Saml2Error("invalid_signature", "not signed"), "not signed");
  }

  private static Authentication ldap(Object user) {
    List<GrantedAuthority> authorities = new ArrayList<>(factor("PASSWORD"));
    authorities.add(
        new LdapAuthority(
            "ROLE_STAFF", "cn=staff,ou=groups", Map.of("cn", new ArrayList<>(List.of("staff")))));
    UsernamePasswordAuthenticationToken token =
        UsernamePasswordAuthenticationToken.authenticated(user, null, authorities);
    token.setDetails(new WebAuthenticationDetails("127.0.0.1", "a-session-id"));
    return token;
  }

  private static Object ldapUser(LdapUserDetailsImpl.Essence essence) {
    essence.setDn("uid=alice,ou=people");
    essence.setUsername("alice");
    essence.setTimeBeforeExpiration(90);
    essence.setGraceLoginsRemaining(3);
    essence.setAuthorities(USER);
    return essence.createUserDetails();
  }

  private static Object person(Person.Essence essence) {
    essence.setSn("Liddell");
    essence.setCn(new String[] {"Alice Liddell", "Alice"});
    essence.setGivenName("Alice");
    essence.setDescription("naïve");
    essence.setTelephoneNumber("+44 1865 0");
    return ldapUser(essence);
  }

  private static Object inetOrgPerson() {
    InetOrgPerson.Essence essence = new InetOrgPerson.Essence();
    essence.setUid("alice");
    essence.setMail("alice@example.org");
    essence.setOu("people");
    return person(essence);
  }

  private static Authentication cas() {
    Date from = Date.from(SessionValues.ISSUED);
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("mail", "alice@example.org");
    return new CasAuthenticationToken(
        "key",
        LaterSessionValues.user("alice"),
        "ST-1",
        factor("CAS"),
        LaterSessionValues.user("alice"),
        new AssertionImpl(
            new AttributePrincipalImpl("alice", attributes), from, null, from, attributes));
  }
}
