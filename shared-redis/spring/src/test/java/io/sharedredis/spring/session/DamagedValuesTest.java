package io.sharedredis.spring.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.security.authentication.DisabledException;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.authentication.ott.OneTimeTokenAuthentication;
import org.springframework.security.web.authentication.switchuser.SwitchUserGrantedAuthority;
import org.springframework.security.web.webauthn.api.ImmutablePublicKeyCredentialUserEntity;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialCreationOptions;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialRequestOptions;
import org.springframework.security.web.webauthn.authentication.WebAuthnAuthentication;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What lacks a part, or has another in its place: dropped, or a value that can be kept again. */
class DamagedValuesTest {

  private static final SessionJson JSON =
      new SessionJson(DamagedValuesTest.class.getClassLoader(), List.of());
  private static final Map<String, Object> VALUES = SessionValues.all();
  private static final JsonMapper PLAIN = JsonMapper.shared();

  static Stream<String> names() {
    return VALUES.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("names")
  void eachPartTakenOutOrReplacedLeavesNothingOrAValueThatCanBeWritten(String name)
      throws IOException {
    JsonNode whole = PLAIN.readTree(JSON.write(VALUES.get(name)));
    List<byte[]> damaged = new ArrayList<>();
    damage(whole, whole, damaged);
    assertThat(damaged).isNotEmpty();
    for (byte[] stored : damaged) {
      Object read = JSON.deserialize(stored);
      if (read != null) {
        assertThat(JSON.write(read)).as(new String(stored, UTF_8)).isNotEmpty();
      }
    }
  }

  /** Each part is taken out, and replaced by two of what it might be: which, by turns. */
  private static void damage(JsonNode node, JsonNode whole, List<byte[]> damaged) {
    if (node instanceof ObjectNode object) {
      for (String field : List.copyOf(object.propertyNames())) {
        JsonNode was = object.get(field);
        for (int turn = 0; turn < 2; turn++) {
          object.set(field, other(damaged.size()));
          damaged.add(PLAIN.writeValueAsBytes(whole));
        }
        object.remove(field);
        damaged.add(PLAIN.writeValueAsBytes(whole));
        object.set(field, was);
        damage(was, whole, damaged);
      }
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        JsonNode was = array.get(i);
        array.set(i, other(damaged.size()));
        damaged.add(PLAIN.writeValueAsBytes(whole));
        array.set(i, was);
        damage(was, whole, damaged);
      }
    }
  }

  private static JsonNode other(int turn) {
    return switch (turn % 5) {
      case 0 -> PLAIN.getNodeFactory().nullNode();
      case 1 -> PLAIN.getNodeFactory().numberNode(7);
      case 2 -> PLAIN.getNodeFactory().stringNode("x");
      case 3 -> PLAIN.createArrayNode();
      default -> PLAIN.createObjectNode();
    };
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"@class\":\"LOCKED\"}",
        "{\"@class\":\"LOCKED\",\"message\":7}",
        "{\"@class\":\"LOCKED\",\"message\":{\"a\":1}}",
        "{\"@class\":\"LOCKED\",\"cause\":{\"@class\":\"java.lang.ProcessBuilder\"}}",
        "[\"LOCKED\",\"text\"]",
        "{\"@class\":\"OTT\"}",
        "{\"@class\":\"OTT\",\"principal\":\"alice\",\"authenticated\":true}",
        "{\"@class\":\"OTT\",\"principal\":null,\"authorities\":[\"java.util.ArrayList\",[]]}",
        "{\"@class\":\"OTT\",\"principal\":\"alice\",\"authorities\":[\"java.util.ArrayList\",[null]]}",
        "{\"@class\":\"OTT\",\"principal\":\"alice\",\"authorities\":\"none\"}",
        "[\"OTT\",[]]",
        "{\"@class\":\"SWITCH\"}",
        "{\"@class\":\"SWITCH\",\"role\":\"ROLE_PREVIOUS_ADMINISTRATOR\"}",
        "{\"@class\":\"SWITCH\",\"role\":\"ROLE_PREVIOUS_ADMINISTRATOR\",\"source\":null}",
        "{\"@class\":\"SWITCH\",\"role\":\"ROLE_PREVIOUS_ADMINISTRATOR\",\"source\":\"alice\"}",
        "{\"@class\":\"SWITCH\",\"role\":\"ROLE_PREVIOUS_ADMINISTRATOR\","
            + "\"source\":{\"@class\":\"java.lang.ProcessBuilder\"}}",
        "[\"java.util.TimeZone\",{}]",
        "[\"java.security.cert.X509Certificate\",\"\"]",
        "[\"java.security.cert.X509Certificate\",\"AAAA\"]",
        "[\"java.security.cert.X509Certificate\",\"no base64!\"]",
        "[\"java.security.cert.X509Certificate\",{}]",
        "{\"@class\":\"java.security.cert.X509Certificate\"}",
        "{\"@class\":\"PASSKEY\",\"principal\":\"alice\",\"authorities\":[\"java.util.ArrayList\",[]]}",
        "{\"@class\":\"PASS_USER\",\"name\":\"alice\",\"displayName\":\"Alice\"}",
        "{\"@class\":\"PASS_USER\",\"name\":\"alice\",\"id\":\"no base64!\",\"displayName\":null}",
        "{\"@class\":\"PASS_REQUEST\"}",
        "[\"PASS_REQUEST\",[]]",
        "{\"@class\":\"PASS_CREATION\",\"challenge\":\"AAAA\"}",
        "{\"@class\":\"PASS_CREATION\",\"extensions\":[{\"id\":\"x\",\"input\":"
            + "{\"@class\":\"java.lang.ProcessBuilder\"}}]}",
      })
  void valueThatLacksWhatItNeedsIsDropped(String stored) {
    assertThat(JSON.deserialize(bytes(stored))).isNull();
  }

  /** A ceremony that asks for less than it was begun with would be one that somebody changed. */
  @ParameterizedTest
  @ValueSource(strings = {"passkey-creation", "passkey-request"})
  void ceremonyOfPasskeysThatLacksAnyPartIsDropped(String name) throws IOException {
    ObjectNode whole = (ObjectNode) PLAIN.readTree(JSON.write(VALUES.get(name)));
    for (String field : List.copyOf(whole.propertyNames())) {
      JsonNode was = whole.remove(field);
      assertThat(JSON.deserialize(PLAIN.writeValueAsBytes(whole))).as(field).isNull();
      whole.set(field, was);
      if (was instanceof ObjectNode parts) {
        for (String part : List.copyOf(parts.propertyNames())) {
          JsonNode partWas = parts.remove(part);
          assertThat(JSON.deserialize(PLAIN.writeValueAsBytes(whole))).as(field + part).isNull();
          parts.set(part, partWas);
        }
      }
    }
    assertThat(JSON.deserialize(PLAIN.writeValueAsBytes(whole))).isNotNull();
  }

  /** Forgotten or misspelled is not yes. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\"authenticated\":false,",
        "\"authenticated\":\"true\",",
        "\"authenticated\":1,"
      })
  void nobodyIsSignedInByAOneTimeTokenUnlessItSaysSo(String authenticated) {
    OneTimeTokenAuthentication read =
        (OneTimeTokenAuthentication)
            JSON.deserialize(
                bytes(
                    "{\"@class\":\"OTT\","
                        + authenticated
                        + "\"principal\":\"alice\",\"authorities\":[\"java.util.ArrayList\",[]]}"));
    assertThat(read.isAuthenticated()).isFalse();
    assertThat(read.getName()).isEqualTo("alice");
  }

  /** With Spring Session's repository, which asks for bytes whatever it is. */
  @Test
  void exceptionThatCannotBeWrittenIsLeftOutSoThatAFailedSignInStaysOne() {
    LockedException odd =
        new LockedException("locked") {
          private static final long serialVersionUID = 1L;

          @SuppressWarnings("unused") // Jackson would call it.
          public Object getQuota() {
            throw new IllegalStateException("not outside of a request");
          }
        };
    assertThat(JSON.serialize(odd)).isEmpty();
    assertThat(JSON.serialize(LaterSessionValues.ofOneReplica())).isEmpty();
    assertThat(JSON.deserialize(JSON.serialize(new DisabledException("off"))))
        .isInstanceOf(DisabledException.class);
  }

  private static byte[] bytes(String stored) {
    return stored
        .replace("LOCKED", LockedException.class.getName())
        .replace("OTT", OneTimeTokenAuthentication.class.getName())
        .replace("PASSKEY", WebAuthnAuthentication.class.getName())
        .replace("PASS_USER", ImmutablePublicKeyCredentialUserEntity.class.getName())
        .replace("PASS_REQUEST", PublicKeyCredentialRequestOptions.class.getName())
        .replace("PASS_CREATION", PublicKeyCredentialCreationOptions.class.getName())
        .replace("SWITCH", SwitchUserGrantedAuthority.class.getName())
        .getBytes(UTF_8);
  }
}
