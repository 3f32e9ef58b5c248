package io.sharedredis.lettuce.backplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PositionTest {

  @Test
  void isWrittenAndReadAsTheIdOfAnEntry() {
    Position position = new Position(1_769_860_800_000L, 17);
    assertThat(position).hasToString("1769860800000-17");
    assertThat(Position.parse("1769860800000-17")).isEqualTo(position);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "-", "1", "1-", "-1", "a-1", "1-a", "1-2-3", "99999999999999999999-1"})
  void whatIsNoPositionIsMalformed(String id) {
    assertThatThrownBy(() -> Position.parse(id)).isInstanceOf(MalformedMessageException.class);
  }

  @Test
  void laterEpochsComeAfterEarlierOnesWhateverTheOffset() {
    assertThat(new Position(2, 1)).isGreaterThan(new Position(1, 9));
    assertThat(new Position(2, 2)).isGreaterThan(new Position(2, 1));
  }

  @Test
  void onlyTheNextOfAnEpochAndTheVeryFirstFollow() {
    assertThat(new Position(5, 2).follows(new Position(5, 1))).isTrue();
    assertThat(new Position(5, 3).follows(new Position(5, 1))).isFalse();
    assertThat(new Position(6, 1).follows(new Position(5, 1))).isFalse();
    assertThat(new Position(5, 1).follows(Position.START)).isTrue();
    assertThat(new Position(5, 2).follows(Position.START)).isFalse();
  }

  @Test
  void whatLiesBetweenEpochsCannotBeCounted() {
    assertThat(new Position(5, 4).since(new Position(5, 1))).isEqualTo(3);
    assertThat(new Position(6, 4).since(new Position(5, 1))).isNegative();
  }
}
