package io.sharedredis.lettuce.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionIdTest {

  private final SecureRandom random = new SecureRandom();

  @Test
  void renewedIdNamesTheSameSessionUnderAnotherSecret() {
    SessionId id = SessionId.random(random);
    SessionId renewed = id.renewed(random);
    assertThat(renewed.text()).isNotEqualTo(id.text()).hasSize(SessionId.LENGTH);
    assertThat(renewed.internal()).isEqualTo(id.internal());
    assertThat(renewed.check()).isNotEqualTo(id.check());
  }

  @Test
  void idsDoNotRepeatAndShowNothingOfThemselvesInRedisOrLogs() {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      SessionId id = SessionId.random(random);
      assertThat(seen.add(id.internal())).isTrue();
      assertThat(id.text()).doesNotContain(id.internal()).doesNotContain(id.check());
      assertThat(id.toString()).isEqualTo(id.internal()).hasSize(22);
    }
  }

  @Test
  void hashesAreThoseOfTheFormatForEver() {
    SessionId id = SessionId.parse("AAabcdefghijklmnopqrstuvwxyz01234567").orElseThrow();
    assertThat(id.internal()).isEqualTo("ecrj9iGyBaXZT5dteVT6rQ");
    assertThat(id.check()).isEqualTo("aeGeSzcQdrf0s8wVwYhn2w");
    assertThat(SessionId.userHash("alice")).isEqualTo("2r0duNNasTEGJ09h8b-XeA");
  }

  @Test
  void firstTwoCharactersNameThePartition() {
    assertThat(SessionId.random(random).partition()).isZero();
    assertThat(SessionId.parse("AB" + "a".repeat(34)).orElseThrow().partition()).isEqualTo(1);
    assertThat(SessionId.parse("BA" + "a".repeat(34)).orElseThrow().partition()).isEqualTo(64);
    assertThat(SessionId.parse("__" + "a".repeat(34)).orElseThrow().partition()).isEqualTo(4095);
  }

  @Test
  void sessionKeyOfDotNetIsAnIdThatStaysOneWhenItChanges() {
    String key = "6a48f5e1-17b6-976f-6a6c-3f33b6563f52";
    SessionId id = SessionId.ofDotnet(key).orElseThrow();
    assertThat(id).isEqualTo(SessionId.parse(key).orElseThrow());
    assertThat(id.partition()).isZero();
    SessionId renewed = id.renewed(random);
    assertThat(renewed.internal()).isEqualTo(id.internal());
    assertThat(renewed.text()).isNotEqualTo(key).startsWith("6a48f5e1-17b6-976f-");
    assertThat(SessionId.ofDotnet(renewed.text())).contains(renewed);
    assertThat(renewed.partition()).isZero();
    assertThat(SessionId.ofDotnet("AAabcdefghijklmnopqrstuvwxyz01234567")).isEmpty();
    assertThat(SessionId.ofDotnet(key.toUpperCase(java.util.Locale.ROOT))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "AAabcdefghijklmnopqrstuvwxyz0123456",
        "AAabcdefghijklmnopqrstuvwxyz012345678",
        "AAabcdefghijklmnopqrstuvwxyz0123456\n",
        "AAabcdefghijklmnopqrstuvwxyz012345:}",
        "AAabcdefghijklmnopqrstuvwxyz0123456é",
        "3f2504e0-4f89-11d3-9a0c-0305e82c330{"
      })
  void whatIsNoIdIsNotAskedFor(String forged) {
    assertThat(SessionId.parse(forged)).isEmpty();
  }
}
