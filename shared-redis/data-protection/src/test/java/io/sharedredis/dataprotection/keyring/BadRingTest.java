package io.sharedredis.dataprotection.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.repository.InMemoryKeyRepository;
import io.sharedredis.dataprotection.repository.KeyItem;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/**
 * Broken items in the store: what makes a ring unusable, what only costs a key, and what is told.
 */
class BadRingTest {
  private static final String SECRET = "c2VjcmV0IG9mIGEga2V5";
  private static final UUID ID = new UUID(5, 6);

  private final InMemoryKeyRepository store = new InMemoryKeyRepository();
  private final DataProtection ring =
      DataProtection.open(DataProtectionOptions.builder().build(), store);
  private final ListAppender<ILoggingEvent> told = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(KeyRingReader.class);
  private String payload = "";

  @BeforeEach
  void protectSomething() {
    payload = ring.protector("p").protect("x");
    told.start();
    logger.setLevel(Level.WARN);
    logger.setAdditive(false);
    logger.addAppender(told);
  }

  @AfterEach
  void close() {
    logger.detachAppender(told);
    logger.setAdditive(true);
    logger.setLevel(null);
    ring.close();
  }

  static Stream<String> fatal() {
    String key = key("");
    return Stream.of(
        // No XML, or not only one element of it.
        "",
        " ",
        "key",
        key + key,
        key.substring(0, key.length() - 5),
        "\uFEFF" + key,
        // Entities, of whatever kind.
        "<!DOCTYPE key [<!ENTITY e \"x\">]>" + key.replace("<creationDate>", "<creationDate>&e;"),
        "<!DOCTYPE key [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>" + key.replace("AAAA", "&e;"),
        "<!DOCTYPE key [<!ENTITY a \"x\"><!ENTITY b \"&a;&a;\">]>" + key.replace("AAAA", "&b;"),
        key.replace("AAAA", "&unknown;"),
        // Ten megabytes, in one text, one attribute, many elements, deep elements.
        key.replace("AAAA", "A".repeat(10_000_000)),
        key.replace("version=\"1\"", "version=\"" + "1".repeat(10_000_000) + "\""),
        key.replace("AAAA", "<a/>".repeat(2_500_000)),
        "<a>".repeat(1_500_000) + "</a>".repeat(1_500_000),
        // Revocations that cannot be read.
        "<revocation version=\"1\" />",
        "<revocation><key /></revocation>",
        "<revocation><key id=\"x\" /></revocation>",
        "<revocation><key id=\"*\" /></revocation>",
        "<revocation><revocationDate>soon</revocationDate><key id=\"*\" /></revocation>");
  }

  @ParameterizedTest
  @MethodSource("fatal")
  @Timeout(60)
  void itemThatCannotBeReadAbortsTheLoadAndTheOldRingGoesOn(String item) {
    KeyRing before = ring.keyManager().ring();
    store.store(new KeyItem(item, "odd"));
    assertThatThrownBy(() -> ring.keyManager().refresh())
        .isExactlyInstanceOf(DataProtectionException.class)
        .hasMessageContaining("item 2 of 2")
        .hasMessageNotContaining(SECRET)
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300));
    assertThat(ring.keyManager().ring().defaultKey().id()).isEqualTo(before.defaultKey().id());
    assertThat(ring.keyManager().ring().source().items()).hasSize(1);
    assertThat(ring.protector("p").unprotect(payload)).isEqualTo("x");
    assertThat(ring.protector("p").unprotect(ring.protector("p").protect("y"))).isEqualTo("y");
  }

  static Stream<String> skipped() {
    String key = key("");
    return Stream.of(
        key.replace("id=\"" + ID, "id=\"x" + ID),
        key.replaceFirst(" id=\"[^\"]*\"", ""),
        key.replace("<creationDate>", "<creationDate>x"),
        key.replaceAll("<expirationDate>.*</expirationDate>", ""));
  }

  @ParameterizedTest
  @MethodSource("skipped")
  void keyThatCannotBeReadIsSkippedAndReportedOnceWithoutItsSecret(String item) {
    store.store(new KeyItem(item, "key-odd"));
    ring.keyManager().refresh();
    ring.keyManager().refresh();
    assertThat(ring.keyManager().keys()).hasSize(1);
    assertThat(ring.protector("p").unprotect(payload)).isEqualTo("x");
    List<String> errors = errors();
    assertThat(errors).hasSize(1);
    assertThat(errors.get(0)).contains("skipped").contains("key-odd").doesNotContain(SECRET);
  }

  static Stream<String> unusable() {
    return Stream.of(
        key("").replace("</descriptor></descriptor>", "</descriptor><descriptor /></descriptor>"),
        key("").replaceAll("<masterKey>.*</masterKey>", ""),
        key("<masterKey><value>AAAA</value></masterKey>"),
        key("").replace("AES_256_CBC", "AES_512_CBC"),
        key("").replace("ConfigurationModel.", "ConfigurationModel.Other"),
        key("").replace("<masterKey>", "<masterKey xmlns=\"urn:other\">"),
        key("").replace("AAAA", "not base64!"),
        key("")
            .replaceAll(
                "<masterKey>.*</masterKey>",
                "<encryptedSecret decryptorType=\"Some.Decryptor, Some\""
                    + " xmlns=\"http://schemas.asp.net/2015/03/dataProtection\"><a>AAAA</a>"
                    + "</encryptedSecret>"));
  }

  @ParameterizedTest
  @MethodSource("unusable")
  void keyWhoseSecretCannotBeOpenedProtectsNothingAndHurtsNobody(String item) {
    store.store(new KeyItem(item, "key-odd"));
    KeyRing now = ring.keyManager().refresh();
    Key odd = now.find(ID).orElseThrow();
    assertThat(odd.isUsable()).isFalse();
    assertThat(now.defaultKey().id()).isNotEqualTo(ID);
    assertThatThrownBy(odd::material)
        .isExactlyInstanceOf(DataProtectionException.class)
        .hasMessageNotContaining(SECRET);
    assertThat(ring.protector("p").unprotect(payload)).isEqualTo("x");
  }

  @Test
  void elementInAnotherNamespaceIsNoKeyAndNoRevocation() {
    UUID id = ring.keyManager().ring().defaultKey().id();
    store.store(
        new KeyItem("<revocation xmlns=\"urn:x\"><key id=\"" + id + "\" /></revocation>", "odd"));
    store.store(new KeyItem(key("").replace("<key ", "<key xmlns=\"urn:x\" "), "odd"));
    KeyRing now = ring.keyManager().refresh();
    assertThat(now.keys()).hasSize(1);
    assertThat(now.defaultKey().isRevoked()).isFalse();
  }

  @Test
  void oneIdTwiceAbortsTheLoad() {
    store.store(new KeyItem(key(""), "key-a"));
    ring.keyManager().refresh();
    store.store(new KeyItem(key("").replace("2020-01-01", "2020-01-02"), "key-b"));
    assertThatThrownBy(() -> ring.keyManager().refresh())
        .isExactlyInstanceOf(DataProtectionException.class)
        .hasMessageContaining(ID.toString());
    assertThat(ring.protector("p").unprotect(payload)).isEqualTo("x");
  }

  @Test
  @Timeout(60)
  void ringOfItemsThatAreTooLongCostsNoTime() {
    for (int i = 0; i < 20; i++) {
      store.store(new KeyItem("<a>" + "x".repeat(1_000_000) + "</a>", "odd"));
    }
    long start = System.nanoTime();
    ring.keyManager().refresh();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
  }

  private List<String> errors() {
    return told.list.stream()
        .filter(event -> event.getLevel() == Level.ERROR)
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  /** An old key with a secret, and something more behind it. */
  private static String key(String more) {
    return "<key id=\""
        + ID
        + "\" version=\"1\"><creationDate>2020-01-01T00:00:00Z</creationDate>"
        + "<activationDate>2020-01-01T00:00:00Z</activationDate>"
        + "<expirationDate>2020-04-01T00:00:00Z</expirationDate>"
        + "<descriptor deserializerType=\"Microsoft.AspNetCore.DataProtection."
        + "AuthenticatedEncryption.ConfigurationModel.AuthenticatedEncryptorDescriptorDeserializer,"
        + " Microsoft.AspNetCore.DataProtection\"><descriptor>"
        + "<encryption algorithm=\"AES_256_CBC\" /><validation algorithm=\"HMACSHA256\" />"
        + "<masterKey><value>AAAA"
        + SECRET
        + "</value></masterKey>"
        + more
        + "</descriptor></descriptor></key>";
  }
}
