package io.sharedredis.playground.farm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseTest {

  @ParameterizedTest
  @CsvSource({
    "postgresql://ann:p%40ss@db:5433/shop, jdbc:postgresql://db:5433/shop, ann, p@ss",
    "postgres://ann@db/shop, jdbc:postgresql://db:5432/shop, ann, ''",
    "jdbc:postgresql://db/shop?user=ann&password=x&ssl=true,"
        + " jdbc:postgresql://db:5432/shop?ssl=true, ann, x",
    "postgresql://db, jdbc:postgresql://db:5432/postgres, postgres, ''"
  })
  void bothFormsOfAnAddressAreRead(String text, String url, String user, String password) {
    assertThat(Database.parse(text)).isEqualTo(new Database(url, user, password));
  }

  @ParameterizedTest
  @ValueSource(strings = {"mysql://ann:secret@db/shop", "db:5432 secret", "postgresql:secret"})
  void otherAddressesAreRefusedWithoutRepeatingThem(String text) {
    assertThatThrownBy(() -> Database.parse(text))
        .isInstanceOf(FarmException.class)
        .hasMessageStartingWith("--postgres wants ")
        .hasMessageNotContaining("secret");
  }

  @Test
  void passwordIsNotPrinted() {
    assertThat(new Database("jdbc:postgresql://db:1/a", "ann", "secret").toString())
        .doesNotContain("secret");
  }
}
