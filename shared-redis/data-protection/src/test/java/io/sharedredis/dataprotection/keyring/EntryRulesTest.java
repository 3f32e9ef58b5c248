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
import io.sharedredis.dataprotection.KeyManager;
import io.sharedredis.dataprotection.atrest.CertificateEncryptor;
import io.sharedredis.dataprotection.interop.Interop;
import io.sharedredis.dataprotection.keyring.UnauthenticatedEntry.Kind;
import io.sharedredis.dataprotection.repository.InMemoryKeyRepository;
import io.sharedredis.dataprotection.repository.KeyItem;
import io.sharedredis.dataprotection.xml.HardenedXml;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What write access to the store alone does not buy. */
class EntryRulesTest {
  private static final byte[] SECRET = secret(1);
  private static final String NS = KeyElements.NAMESPACE;
  private static final String REAL =
      "Microsoft.AspNetCore.DataProtection.XmlEncryption.EncryptedXmlDecryptor,"
          + " Microsoft.AspNetCore.DataProtection";
  private final InMemoryKeyRepository store = new InMemoryKeyRepository();

  private static byte[] secret(int fill) {
    byte[] secret = new byte[32];
    Arrays.fill(secret, (byte) fill);
    return secret;
  }

  private DataProtection open(DataProtectionOptions.Builder options) {
    return DataProtection.open(options.build(), store);
  }

  private DataProtection openAuthenticated() {
    return open(
        DataProtectionOptions.builder().entryAuthentication(new EntryAuthentication(SECRET)));
  }

  private DataProtection openPlain() {
    return open(DataProtectionOptions.builder());
  }

  @Test
  void keyWithoutTagNeverBecomesDefaultAndUnprotectsNothing() {
    String forged;
    UUID planted;
    try (DataProtection attacker = openPlain()) {
      forged = attacker.protector("p").protect("forged");
      planted = attacker.keyManager().ring().defaultKey().id();
    }
    try (DataProtection ring = openAuthenticated()) {
      assertThat(ring.keyManager().ring().defaultKey().id()).isNotEqualTo(planted);
      assertThat(ring.keyManager().ring().find(planted)).isPresent();
      assertThatThrownBy(() -> ring.protector("p").unprotect(forged))
          .isExactlyInstanceOf(DataProtectionException.class);
    }
  }

  @Test
  void keyOfAReplicaWithTheSecretIsReadByAllWithItAndByReadersWithoutIt() {
    try (DataProtection one = openAuthenticated();
        DataProtection two = openAuthenticated();
        DataProtection dotNetLike = open(DataProtectionOptions.builder().autoGenerateKeys(false))) {
      String payload = one.protector("p").protect("genuine");
      assertThat(two.protector("p").unprotect(payload)).isEqualTo("genuine");
      assertThat(dotNetLike.protector("p").unprotect(payload)).isEqualTo("genuine");
      assertThat(store.readAll().items()).hasSize(1);
    }
  }

  @Test
  void changedEntryAndOtherSecretAreRefused() {
    EntryAuthentication ours = new EntryAuthentication(SECRET);
    KeyItem genuine = ours.tag(new KeyItem("<key />", "key"));
    assertThat(ours.isGenuine(genuine)).isTrue();
    assertThat(ours.isGenuine(new KeyItem("<key/>", "key", genuine.tag()))).isFalse();
    assertThat(ours.isGenuine(new KeyItem("<key />", "key", "not base64!"))).isFalse();
    assertThat(ours.isGenuine(new KeyItem("<key />", "key"))).isFalse();
    assertThat(new EntryAuthentication(secret(2)).isGenuine(genuine)).isFalse();
  }

  @Test
  void revocationWithoutTagIsObeyedAndRaisesAnAlarm() {
    checkObeyed((stranger, key) -> stranger.revoke(key.id(), "by a stranger"));
  }

  @Test
  void massRevocationWithoutTagIsObeyedAndRaisesAnAlarm() {
    checkObeyed(
        (stranger, key) ->
            stranger.revokeAllCreatedBefore(key.creation().plusNanos(1_000), "by a stranger"));
  }

  private void checkObeyed(BiConsumer<KeyManager, Key> revocation) {
    try (DataProtection ring = openAuthenticated();
        Logged logged = new Logged()) {
      String payload = ring.protector("p").protect("x");
      Key key = ring.keyManager().ring().defaultKey();
      revocation.accept(
          DataProtection.operations(
              DataProtectionOptions.builder().autoGenerateKeys(false).build(),
              store,
              InstantSource.system(),
              new SecureRandom()),
          key);
      ring.keyManager().refresh();
      assertThatThrownBy(() -> ring.protector("p").unprotect(payload))
          .hasMessageContaining("revoked");
      assertThat(logged.of(Level.ERROR))
          .as("once, however often the ring is read")
          .containsOnlyOnce(
              "ALARM: a revocation of the key ring is not authenticated; it is obeyed (%s)"
                  .formatted(store.readAll().items().get(1).friendlyName()));
    }
  }

  @Test
  void operatorIsToldThatDotNetMustNotGenerateKeysOnAnAuthenticatedRing() {
    try (Logged logged = new Logged()) {
      openPlain().close();
      assertThat(logged.of(Level.INFO)).noneMatch(text -> text.contains("ASP.NET Core"));
      openAuthenticated().close();
      assertThat(logged.of(Level.INFO))
          .anyMatch(
              text ->
                  text.contains("ASP.NET Core") && text.contains("automatic key generation off"));
    }
  }

  /** What data protection logs while it is open. */
  private static final class Logged implements AutoCloseable {
    private final Logger log = (Logger) LoggerFactory.getLogger("io.sharedredis.dataprotection");
    private final @Nullable Level usual = log.getLevel();
    // Written by other threads as well.
    private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

    Logged() {
      appender.list = events;
      appender.start();
      log.setLevel(Level.INFO);
      log.addAppender(appender);
    }

    List<String> of(Level level) {
      return events.stream()
          .filter(event -> event.getLevel() == level)
          .map(ILoggingEvent::getFormattedMessage)
          .toList();
    }

    @Override
    public void close() {
      log.detachAppender(appender);
      log.setLevel(usual);
    }
  }

  @Test
  void olderRingIsTrustedOnceAPersonHasApprovedItsKeys() {
    String payload;
    UUID known;
    try (DataProtection before = openPlain()) {
      payload = before.protector("p").protect("older than the secret");
      known = before.keyManager().ring().defaultKey().id();
    }
    try (DataProtection operator = openOperator()) {
      List<UnauthenticatedEntry> pending = operator.keyManager().unauthenticated();
      assertThat(pending).extracting(UnauthenticatedEntry::kind).containsExactly(Kind.KEY);
      assertThat(pending.get(0).keyId()).contains(known);
      assertThat(operator.keyManager().authenticate(Set.of(pending.get(0).fingerprint())))
          .isEqualTo(1);
      assertThat(operator.keyManager().unauthenticated()).isEmpty();
    }
    try (DataProtection ring = openAuthenticated()) {
      assertThat(ring.protector("p").unprotect(payload)).isEqualTo("older than the secret");
      assertThat(ring.keyManager().ring().defaultKey().id()).isEqualTo(known);
      assertThat(store.readAll().items()).hasSize(1);
    }
  }

  @Test
  void approvalIsForOneTextAndNothingElseIsEverTagged() {
    UUID planted;
    try (DataProtection attacker = openPlain()) {
      planted = attacker.keyManager().ring().defaultKey().id();
      attacker.keyManager().revoke(UUID.randomUUID(), "a stranger's");
    }
    try (DataProtection ring = openAuthenticated()) {
      ring.protector("p").protect("makes a genuine key");
      KeyManager keys = ring.keyManager();
      assertThat(keys.unauthenticated())
          .extracting(UnauthenticatedEntry::kind)
          .containsExactly(Kind.KEY, Kind.REVOCATION);
      assertThat(keys.authenticate(Set.of())).isZero();
      assertThat(keys.authenticate(Set.of("00".repeat(32), planted.toString()))).isZero();
      assertThat(keys.unauthenticated()).hasSize(2);
      keys.authenticate(Set.of(keys.unauthenticated().get(1).fingerprint()));
      assertThat(keys.unauthenticated())
          .extracting(UnauthenticatedEntry::keyId)
          .containsExactly(Optional.of(planted));
      assertThat(keys.refresh().find(planted).orElseThrow().refusal()).isNotNull();
    }
  }

  @Test
  void ringThatIsNotAuthenticatedHasNothingToApprove() {
    try (DataProtection plain = openPlain()) {
      assertThatThrownBy(() -> plain.keyManager().unauthenticated())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("entryAuthentication");
    }
  }

  private DataProtection openOperator() {
    return open(
        DataProtectionOptions.builder()
            .autoGenerateKeys(false)
            .entryAuthentication(new EntryAuthentication(SECRET)));
  }

  @Test
  void shortSecretIsRefused() {
    assertThatThrownBy(() -> new EntryAuthentication(new byte[31]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("31");
  }

  @Test
  void keyThatLiesReadableIsRefusedWhereEncryptionIsRequired() {
    String forged;
    try (DataProtection attacker = openPlain()) {
      forged = attacker.protector("p").protect("forged");
    }
    store.store(
        new KeyItem(
            Interop.items(Interop.ring("null-encryptor").get("redis_items")).get(0).xml(), ""));
    try (DataProtection ring =
        open(
            DataProtectionOptions.builder()
                .requireEncryptedKeys(true)
                .secretEncryptor(
                    new CertificateEncryptor(
                        Interop.certificate("rsa2048").certificate(), new SecureRandom()))
                .addSecretDecryptor(Interop.certificates("rsa2048")))) {
      assertThatThrownBy(() -> ring.protector("p").unprotect(forged))
          .isExactlyInstanceOf(DataProtectionException.class);
      assertThat(ring.keyManager().keys()).filteredOn(Key::isUsable).hasSize(1);
      assertThat(ring.protector("p").unprotect(ring.protector("p").protect("x"))).isEqualTo("x");
    }
  }

  @Test
  void encryptedPartBesideAReadableSecretBuysNothing() {
    String real = "<encryptedSecret decryptorType=\"" + REAL + "\" xmlns=\"" + NS + "\"><x/>";
    String decoy = real + "</encryptedSecret>";
    String nothing = decoy.replace("EncryptedXmlDecryptor", "NullXmlDecryptor");
    String readable = "<masterKey xmlns:p=\"" + NS + "\"><value>AAAA</value></masterKey>";
    assertThat(isEncrypted(decoy, "")).as("as .NET writes it").isTrue();
    assertThat(isEncrypted("<descriptor><encryption/>" + decoy + "</descriptor>", "")).isTrue();
    List<String> inners =
        List.of(
            "<descriptor>" + readable + "</descriptor>",
            "<descriptor>" + readable + decoy + "</descriptor>",
            "<descriptor><validation>" + decoy + "</validation>" + readable + "</descriptor>",
            "<descriptor>" + nothing + decoy + "</descriptor>",
            nothing,
            real.replace("<x/>", readable) + "</encryptedSecret>");
    for (String inner : inners) {
      assertThat(isEncrypted(inner, "")).as(inner).isFalse();
      assertThat(isEncrypted(inner, decoy)).as("with a decoy: " + inner).isFalse();
    }
    assertThat(isEncrypted("<descriptor/>", decoy)).as("only a decoy").isFalse();
  }

  private static boolean isEncrypted(String inner, String besides) {
    String key = "<key><descriptor deserializerType=\"t\">" + inner + "</descriptor>";
    return SecretOpener.isEncrypted(HardenedXml.parse(key + besides + "</key>"));
  }

  @Test
  void forgedKeyWithADecoyIsRefusedWhereEncryptionIsRequired() {
    String forged;
    try (DataProtection attacker = openPlain()) {
      forged = attacker.protector("p").protect("forged");
    }
    String plain = store.readAll().items().get(0).xml();
    String decoy = "<encryptedSecret decryptorType=\"" + REAL + "\" xmlns=\"" + NS + "\" />";
    store.reset("mark-1");
    store.store(new KeyItem(plain.replace("</key>", decoy + "</key>"), ""));
    try (DataProtection ring =
        open(
            DataProtectionOptions.builder()
                .requireEncryptedKeys(true)
                .secretEncryptor(
                    new CertificateEncryptor(
                        Interop.certificate("rsa2048").certificate(), new SecureRandom()))
                .addSecretDecryptor(Interop.certificates("rsa2048")))) {
      assertThatThrownBy(() -> ring.protector("p").unprotect(forged))
          .isExactlyInstanceOf(DataProtectionException.class);
      assertThat(ring.keyManager().keys()).filteredOn(Key::isUsable).hasSize(1);
    }
  }

  @Test
  void requiredEncryptionWithoutAnEncryptorIsAMistakeThatIsNamed() {
    assertThatThrownBy(() -> DataProtectionOptions.builder().requireEncryptedKeys(true).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("requireEncryptedKeys")
        .hasMessageContaining("secretEncryptor");
  }

  @Test
  void escrowSinksGetTheUnencryptedElementBeforeItIsStored() {
    List<String> escrow = new ArrayList<>();
    try (DataProtection ring =
        open(
            DataProtectionOptions.builder()
                .secretEncryptor(
                    new CertificateEncryptor(
                        Interop.certificate("rsa2048").certificate(), new SecureRandom()))
                .addEscrowSink(
                    xml -> {
                      escrow.add(xml);
                      assertThat(store.readAll().items()).isEmpty();
                    }))) {
      ring.protector("p").protect("x");
    }
    assertThat(escrow).hasSize(1);
    assertThat(escrow.get(0)).contains("<masterKey");
    assertThat(store.readAll().items().get(0).xml()).doesNotContain("<masterKey");
  }

  @Test
  void sinkThatThrowsPreventsTheKey() {
    try (DataProtection ring =
        open(
            DataProtectionOptions.builder()
                .addEscrowSink(
                    xml -> {
                      throw new DataProtectionException("vault closed");
                    }))) {
      assertThatThrownBy(() -> ring.protector("p").protect("x"))
          .hasMessageContaining("vault closed");
      assertThat(store.readAll().items()).isEmpty();
    }
  }

  @Test
  void deletionTakesRevocationsThatAreOfNoUseAndKeepsTheDefaultKey() {
    try (DataProtection ring = openPlain()) {
      Instant now = Instant.now();
      UUID keep = ring.keyManager().ring().defaultKey().id();
      Key old = ring.keyManager().create(now.minus(Duration.ofDays(9)), now.minusSeconds(60));
      Key bad = ring.keyManager().create(now.minus(Duration.ofDays(9)), now.minusSeconds(50));
      ring.keyManager().revoke(old.id(), null);
      ring.keyManager().revoke(bad.id(), null);
      ring.keyManager().revoke(UUID.randomUUID(), "foreign");
      ring.keyManager().revokeAllCreatedBefore(now.minus(Duration.ofDays(30)), null);
      ring.keyManager().revokeAllCreatedBefore(now.minus(Duration.ofDays(20)), null);
      assertThat(ring.keyManager().delete(key -> !key.id().equals(bad.id()))).isEqualTo(1);
      assertThat(ring.keyManager().keys()).extracting(Key::id).containsOnly(keep, bad.id());
      assertThat(store.readAll().items()).hasSize(4);
      assertThat(ring.keyManager().ring().find(bad.id()).orElseThrow().isRevoked()).isTrue();
    }
  }
}
