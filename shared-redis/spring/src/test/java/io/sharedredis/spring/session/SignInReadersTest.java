package io.sharedredis.spring.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.security.authentication.RememberMeAuthenticationToken;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.authority.FactorGrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.jackson.SecurityJacksonModule;
import org.springframework.security.jackson.SecurityJacksonModules;
import org.springframework.security.web.authentication.WebAuthenticationDetails;
import tools.jackson.databind.json.JsonMapper;

/** Our readers beside Spring Security's own, which define what the JSON means. */
class SignInReadersTest {

  private final SessionJson json = new SessionJson(getClass().getClassLoader(), List.of());
  private final JsonMapper springs = springs();

  private static JsonMapper springs() {
    JsonMapper.Builder builder = JsonMapper.builder();
    SecurityJacksonModules.getModules(SignInReadersTest.class.getClassLoader()).stream()
        .filter(SecurityJacksonModule.class::isInstance)
        .forEach(builder::addModule);
    AllowedTypes allowed = new AllowedTypes(List.of());
    return builder
        .polymorphicTypeValidator(allowed)
        .setDefaultTyping(new ListedTyping(allowed))
        .build();
  }

  static Stream<UsernamePasswordAuthenticationToken> signIns() {
    User alice =
        new User("alice", "hash", AuthorityUtils.createAuthorityList("ROLE_USER", "ROLE_ADMIN"));
    // Whole seconds: by way of a tree, Spring Security's reader loses the last nanoseconds.
    FactorGrantedAuthority password =
        FactorGrantedAuthority.withAuthority("FACTOR_PASSWORD")
            .issuedAt(Instant.ofEpochSecond(1_763_805_600L))
            .build();
    User erased = new User("bob", "hash", false, true, false, true, List.of());
    erased.eraseCredentials();
    UsernamePasswordAuthenticationToken detailed =
        UsernamePasswordAuthenticationToken.authenticated(alice, "secret", List.of(password));
    detailed.setDetails(new WebAuthenticationDetails("203.0.113.7", "session"));
    UsernamePasswordAuthenticationToken described =
        UsernamePasswordAuthenticationToken.unauthenticated("carol", "secret");
    described.setDetails("a terminal");
    return Stream.of(
        detailed,
        described,
        UsernamePasswordAuthenticationToken.authenticated(erased, null, List.of()),
        UsernamePasswordAuthenticationToken.authenticated("dave", "", alice.getAuthorities()));
  }

  @ParameterizedTest
  @MethodSource("signIns")
  void signInIsReadAsSpringSecurityReadsIt(UsernamePasswordAuthenticationToken signIn) {
    byte[] stored = json.serialize(new SecurityContextImpl(signIn));
    assertThat(stored)
        .isEqualTo(
            springs.writerFor(Object.class).writeValueAsBytes(new SecurityContextImpl(signIn)));
    Object theirs = springs.readerFor(Object.class).readValue(stored);
    assertThat(json.deserialize(stored)).usingRecursiveComparison().isEqualTo(theirs);
    assertThat(json.deserialize(stored)).isEqualTo(new SecurityContextImpl(signIn));
    assertThat(json.deserialize(json.serialize(signIn))).isEqualTo(signIn);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"@class\":\"TOKEN\"}",
        "{\"@class\":\"TOKEN\",\"principal\":\"alice\",\"authenticated\":true}",
        "{\"@class\":\"TOKEN\",\"principal\":null,\"authorities\":[\"java.util.ArrayList\",[]]}",
        "{\"@class\":\"TOKEN\",\"principal\":\"alice\",\"authorities\":[\"java.util.ArrayList\",[null]]}",
        "{\"@class\":\"TOKEN\",\"principal\":\"alice\",\"authorities\":[\"java.util.ArrayList\",[1]]}",
        "{\"@class\":\"TOKEN\",\"principal\":\"alice\",\"authorities\":\"none\"}",
        "{\"@class\":\"TOKEN\",\"principal\":{\"@class\":\"java.lang.ProcessBuilder\"},"
            + "\"authorities\":[\"java.util.ArrayList\",[]]}",
        "{\"@class\":\"USER\"}",
        "{\"@class\":\"USER\",\"username\":\"\",\"authorities\":[\"java.util.ArrayList\",[]]}",
        "{\"@class\":\"USER\",\"username\":[],\"authorities\":[\"java.util.ArrayList\",[]]}",
        "{\"@class\":\"USER\",\"username\":\"alice\",\"authorities\":null}",
        "{\"@class\":\"USER\",\"username\":\"alice\"",
        "{\"@class\":\"ROLE\"}",
        "{\"@class\":\"ROLE\",\"authority\":null}",
        "{\"@class\":\"ROLE\",\"authority\":\" \"}",
        "{\"@class\":\"ROLE\",\"authority\":{\"authority\":\"ROLE_ADMIN\"}}",
        "{\"@class\":\"FACTOR\",\"authority\":\"FACTOR_PASSWORD\"}",
        "{\"@class\":\"FACTOR\",\"authority\":\"FACTOR_PASSWORD\",\"issuedAt\":null}",
        "{\"@class\":\"FACTOR\",\"authority\":\"FACTOR_PASSWORD\",\"issuedAt\":\"yesterday\"}",
        "{\"@class\":\"FACTOR\",\"issuedAt\":1763805600}",
        "{\"@class\":\"CONTEXT\",\"authentication\":\"alice\"}",
        "{\"@class\":\"CONTEXT\",\"authentication\":{}}",
        "{\"@class\":\"CONTEXT\",\"authentication\":{\"@class\":\"USER\",\"username\":\"alice\","
            + "\"authorities\":[\"java.util.ArrayList\",[]]}}",
        "{\"@class\":\"CONTEXT\",\"authentication\":{\"@class\":\"java.lang.ProcessBuilder\"}}",
        "[\"TOKEN\",[]]",
        "[\"USER\",\"alice\"]",
      })
  void signInThatLacksWhatItNeedsIsDropped(String stored) {
    assertThat(json.deserialize(bytes(stored))).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"@class\":\"USER\",\"later\":{\"a\":[1,{}]},\"username\":\"alice\",\"password\":null,"
            + "\"authorities\":[\"java.util.ArrayList\",[]],\"enabled\":true}",
        "{\"username\":\"alice\",\"enabled\":true,\"later\":null,"
            + "\"authorities\":[\"java.util.HashSet\",[]],\"@class\":\"USER\"}",
      })
  void fieldsOfLaterVersionsAndAnyOrderAreRead(String stored) {
    User user = (User) json.deserialize(bytes(stored));
    assertThat(user.getUsername()).isEqualTo("alice");
    assertThat(user.isEnabled()).isTrue();
    assertThat(user.isAccountNonLocked()).isFalse();
    assertThat(user.getPassword()).isNull();
  }

  static Stream<Object> parts() {
    SecurityContextImpl others = new SecurityContextImpl();
    others.setAuthentication(
        new RememberMeAuthenticationToken("key", "alice", AuthorityUtils.NO_AUTHORITIES));
    return Stream.of(
        new SecurityContextImpl(),
        others,
        new SimpleGrantedAuthority("ROLE_USER"),
        new WebAuthenticationDetails("203.0.113.7", null),
        FactorGrantedAuthority.withAuthority("FACTOR_OTT")
            .issuedAt(Instant.ofEpochSecond(1_763_805_600L, 254_160_139))
            .build());
  }

  @ParameterizedTest
  @MethodSource("parts")
  void partsAloneAreReadAsSpringSecurityReadsThem(Object part) {
    byte[] stored = json.serialize(part);
    assertThat(stored).isEqualTo(springs.writerFor(Object.class).writeValueAsBytes(part));
    Object theirs = springs.readerFor(Object.class).readValue(stored);
    assertThat(json.deserialize(stored)).isEqualTo(part).isEqualTo(theirs);
  }

  @Test
  void damagedContextIsDroppedOrMeansWhatItMeansToSpringSecurity() {
    UsernamePasswordAuthenticationToken signIn =
        UsernamePasswordAuthenticationToken.authenticated(
            new User("alice", "hash", AuthorityUtils.createAuthorityList("ROLE_USER")),
            null,
            AuthorityUtils.createAuthorityList("ROLE_ADMIN"));
    signIn.setDetails(new WebAuthenticationDetails("203.0.113.7", "session"));
    byte[] stored = json.serialize(new SecurityContextImpl(signIn));
    for (int at = 0; at < stored.length; at++) {
      byte[] damaged = stored.clone();
      damaged[at] ^= 1;
      Object ours = json.deserialize(damaged);
      if (ours != null) {
        assertThat(ours).isEqualTo(springs.readerFor(Object.class).readValue(damaged));
      }
    }
  }

  private static byte[] bytes(String stored) {
    return stored
        .replace("CONTEXT", SecurityContextImpl.class.getName())
        .replace("\"ROLE\"", '"' + SimpleGrantedAuthority.class.getName() + '"')
        .replace("\"FACTOR\"", '"' + FactorGrantedAuthority.class.getName() + '"')
        .replace("TOKEN", UsernamePasswordAuthenticationToken.class.getName())
        .replace("USER", User.class.getName())
        .getBytes(StandardCharsets.UTF_8);
  }
}
