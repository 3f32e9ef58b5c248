package io.sharedredis.lettuce.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The answer of {@code load.lua}, piece by piece as the driver hands it on. */
class SessionOutputTest {

  private final SessionOutput output = new SessionOutput();

  @Test
  void nothingIsNoSession() {
    output.set((ByteBuffer) null);
    assertThat(output.get()).isNull();
  }

  @Test
  void fieldsAreReadAsTheyCome() {
    answer(",7,5,6,1800000", "x:name", "3:sealed", "d", "", "other", "?");
    SessionFields fields = fields();
    assertThat(fields.former()).isFalse();
    assertThat(fields.generation()).isEqualTo(7);
    assertThat(fields.created()).isEqualTo(5);
    assertThat(fields.access()).isEqualTo(6);
    assertThat(fields.timeout()).isEqualTo(1_800_000);
    assertThat(fields.names()).containsExactly("name");
    assertThat(fields.attribute("name")).isEqualTo("3:sealed".getBytes(UTF_8));
    assertThat(fields.size()).isEqualTo(31);
  }

  @Test
  void fieldOfOneLetterIsNoAttributeWhateverItsLetter() {
    answer(",7,5,6,7", "x:name", "3:sealed", "x", "3:another", "p", "3:another");
    SessionFields fields = fields();
    assertThat(fields.names()).containsExactly("name");
    assertThat(fields.attribute("name")).isEqualTo("3:sealed".getBytes(UTF_8));
  }

  @Test
  void formerIdSeesWhatWasThere() {
    answer(
        "2,3,5,6,-1",
        "x:new",
        "3:n",
        "x:both",
        "3:n",
        "p:both",
        "2:o",
        "x:kept",
        "1:k",
        "p:young",
        "3:y");
    SessionFields fields = fields();
    assertThat(fields.former()).isTrue();
    assertThat(fields.timeout()).isNegative();
    assertThat(fields.names()).containsExactlyInAnyOrder("both", "kept");
    assertThat(fields.attribute("both")).isEqualTo("2:o".getBytes(UTF_8));
    assertThat(fields.attribute("new")).isNull();
  }

  @Test
  void answerThatBeginsAnewAfterAReconnectIsReadAnew() {
    String[] first = {"9,1,5,6,7", "x:gone", "1:a", "x:half"};
    for (int complete = 0; complete <= first.length; complete++) {
      SessionOutput interrupted = new SessionOutput();
      interrupted.multi(9);
      for (int i = 0; i < complete; i++) {
        interrupted.set(bytes(first[i]));
      }
      answer(interrupted, ",2,5,6,7", "x:there", "2:b");
      SessionFields fields = interrupted.get();
      assertThat(fields).isNotNull();
      assertThat(fields.former()).isFalse();
      assertThat(fields.generation()).isEqualTo(2);
      assertThat(fields.names()).containsExactly("there");
    }
  }

  @Test
  void namesAreKeptApartWhateverTheirCharacters() {
    String[] names = {"a", "b", "ab", "ba", "", "caf\u00e9", "\u540d", "x".repeat(300), "Aa", "BB"};
    for (int round = 0; round < 2; round++) {
      for (String name : names) {
        byte[] behind = ("x:" + name).getBytes(UTF_8);
        assertThat(AttributeNames.text(ByteBuffer.wrap(behind), 2)).isEqualTo(name);
      }
    }
  }

  @Test
  void usableIsWhatTheScriptsTakeForASession() {
    SessionLife life = new SessionLife(Duration.ofSeconds(60));
    assertThat(life.usable(SessionFields.of("vctag", values("1", "1", "1000", "5000", "1")), 6099))
        .isTrue();
    assertThat(life.usable(SessionFields.of("vctag", values("1", "1", "1000", "5000", "1")), 6100))
        .isFalse();
    assertThat(life.usable(SessionFields.of("vctag", values("1", "1", "-1", "5000", "1")), 99_999))
        .isTrue();
    for (String bad : new String[] {"", "-", "x", "0x1", "1e3", " 1", "123456789012345", "1.0"}) {
      for (int at = 0; at < 5; at++) {
        String[] values = {"1", "1", "1000", "5000", "1"};
        values[at] = bad;
        assertThat(life.usable(SessionFields.of("vctag", values(values)), 5001)).as(bad).isFalse();
      }
    }
    assertThat(life.usable(SessionFields.of("vctag", values("2", "1", "1000", "5000", "1")), 5001))
        .isFalse();
    assertThat(life.usable(SessionFields.of("vctag", values("1", "1", "1000", "5000", "-1")), 5001))
        .isFalse();
    assertThat(life.usable(SessionFields.of("vcta", values("1", "1", "1000", "5000")), 5001))
        .isFalse();
  }

  private SessionFields fields() {
    SessionFields fields = output.get();
    assertThat(fields).isNotNull();
    return fields;
  }

  private void answer(String... parts) {
    answer(output, parts);
  }

  private static void answer(SessionOutput output, String... parts) {
    output.multi(parts.length);
    for (String part : parts) {
      output.set(bytes(part));
    }
  }

  private static List<byte[]> values(String... texts) {
    return Arrays.stream(texts).map(text -> text.getBytes(UTF_8)).toList();
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }
}
