package io.sharedredis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server says of a failure, as an operator's terminal gets it. */
class ReasonsTest {

  /** ESC and its one-byte form, which clears, colours and retitles; text turned around; lines. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u001b[2J",
        "\u009b2J",
        "\u0090q",
        "\u009d0;root",
        "\u0007",
        "\u007f",
        "\r",
        "\n",
        "\u202e",
        "\u2066",
        "\u200b",
        "\ufeff",
        "\u2028",
        "\u2029",
        "\u0085"
      })
  void nothingThatATerminalObeysOrThatTurnsTextAroundIsShown(String inside) {
    String shown = Reasons.of(new IllegalStateException("ERR bad" + inside + "key"));
    assertThat(shown).startsWith("ERR bad ").endsWith("key");
    assertThat(shown.codePoints())
        .noneMatch(
            character ->
                Character.isISOControl(character)
                    || Character.getType(character) == Character.FORMAT
                    || Character.getType(character) == Character.LINE_SEPARATOR
                    || Character.getType(character) == Character.PARAGRAPH_SEPARATOR);
  }

  @Test
  void innermostReasonIsShownOnOneLineOfBoundedLength() {
    Exception deep = new IllegalStateException("x".repeat(10_000));
    assertThat(Reasons.of(new RuntimeException("outer", deep))).hasSize(201).endsWith("…");
    assertThat(Reasons.of(new IllegalStateException())).isEqualTo("IllegalStateException");
    assertThat(Reasons.of(new NoSuchFileException("/a\u009b2Jb"))).isEqualTo("NoSuchFile /a 2Jb");
  }

  @Test
  void whatRedisRepeatsOfACommandIsNotShown() {
    assertThat(
            Reasons.of(
                new IllegalStateException(
                    "ERR unknown command 'X', with args beginning with: '<key>secret</key>'")))
        .doesNotContain("secret");
  }
}
