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
import io.sharedredis.dataprotection.atrest.CertificateDecryptor;
import io.sharedredis.dataprotection.atrest.CertificateEncryptor;
import io.sharedredis.dataprotection.atrest.CertificateKey;
import io.sharedredis.dataprotection.atrest.SecretDecryptor;
import io.sharedredis.dataprotection.atrest.SecretEncryptor;
import io.sharedredis.dataprotection.interop.Interop;
import io.sharedredis.dataprotection.repository.InMemoryKeyRepository;
import io.sharedredis.dataprotection.repository.KeyItem;
import io.sharedredis.dataprotection.repository.StoreUnavailableException;
import io.sharedredis.dataprotection.xml.HardenedXml;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.w3c.dom.Element;

/** Rings whose secrets are opened by certificates, or by a service that may be away. */
class KeysAtRestTest {

  private static final String LEGACY_KEY_VAULT =
      "Microsoft.AspNetCore.DataProtection.AzureKeyVault.AzureKeyVaultXmlDecryptor,"
          + " Microsoft.AspNetCore.DataProtection.AzureKeyVault";
  private static final String KEY_VAULT =
      "Azure.Extensions.AspNetCore.DataProtection.Keys.AzureKeyVaultXmlDecryptor,"
          + " Azure.Extensions.AspNetCore.DataProtection.Keys, Version=1.6.4.0, Culture=neutral,"
          + " PublicKeyToken=92742159e12e44c8";

  private final InMemoryKeyRepository store = new InMemoryKeyRepository();
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
  private final Queue<Runnable> background = new ArrayDeque<>();
  private final Service service = new Service();

  private KeyRingAssembly replica(DataProtectionOptions.Builder options) {
    return KeyRingAssembly.of(
        options.build(), store, now::get, new SecureRandom(), background::add);
  }

  private DataProtectionOptions.Builder withService() {
    return DataProtectionOptions.builder().secretEncryptor(service).addSecretDecryptor(service);
  }

  private static DataProtectionOptions.Builder certificates(String writes, String... reads) {
    List<CertificateKey> keys = Arrays.stream(reads).map(Interop::certificate).toList();
    return DataProtectionOptions.builder()
        .requireEncryptedKeys(true)
        .secretEncryptor(
            new CertificateEncryptor(Interop.certificate(writes).certificate(), new SecureRandom()))
        .addSecretDecryptor(new CertificateDecryptor(keys, new SecureRandom()));
  }

  /** An element as Key Vault's encryptor writes it, for a key that is the newest active one. */
  private UUID storeKeyOfKeyVault(String decryptor) {
    UUID id = UUID.randomUUID();
    String element =
        KeyElements.encryptedKey(
            id,
            now.get(),
            now.get().plusSeconds(1),
            now.get().plus(Duration.ofDays(90)),
            KeyAlgorithm.AES_256_CBC_HMACSHA256,
            new byte[64],
            plain ->
                new SecretEncryptor.EncryptedSecret(
                    "<encryptedKey xmlns=\"\"><!-- This key is encrypted with Azure Key Vault. -->"
                        + "<kid>https://unit.vault.azure.net/keys/ring/1</kid><key>AAAA</key>"
                        + "<iv>AAECAwQFBgcICQoLDA0ODw==</iv><value>AAAA</value></encryptedKey>",
                    decryptor));
    store.store(new KeyItem(element, "key-" + id));
    return id;
  }

  @Test
  void keyOfKeyVaultInAProcessWithoutTheModuleIsReportedAndTheRestWorks() {
    for (String decryptor : List.of(KEY_VAULT, LEGACY_KEY_VAULT)) {
      Logger log = (Logger) LoggerFactory.getLogger(KeyRingReader.class);
      ListAppender<ILoggingEvent> seen = new ListAppender<>();
      seen.start();
      Level usual = log.getLevel();
      log.setLevel(Level.WARN);
      log.addAppender(seen);
      try {
        KeyRingAssembly first = replica(DataProtectionOptions.builder());
        Key ours = first.ring().current().defaultKey();
        UUID theirs = storeKeyOfKeyVault(decryptor);
        KeyRingAssembly ring = replica(DataProtectionOptions.builder());
        ring.ring().current();
        ring.ring().refresh();
        assertThat(ring.ring().find(ours.id()).orElseThrow().isUsable()).isTrue();
        Key unread = ring.ring().find(theirs).orElseThrow();
        assertThat(unread.isUsable()).isFalse();
        assertThat(ring.ring().current().defaultKey().isUsable()).isTrue();
        assertThat(seen.list)
            .filteredOn(event -> event.getFormattedMessage().contains(theirs.toString()))
            .singleElement()
            .satisfies(
                event -> {
                  assertThat(event.getLevel()).isEqualTo(Level.ERROR);
                  assertThat(event.getFormattedMessage())
                      .contains("Azure Key Vault")
                      .contains("shared-redis-azure");
                });
      } finally {
        log.detachAppender(seen);
        log.setLevel(usual);
        store.reset("again");
      }
    }
  }

  @Test
  void certificateRollsOverWhileOldKeysStayReadable() {
    try (DataProtection before =
        DataProtection.open(certificates("rsa2048", "rsa2048").build(), store)) {
      String old = before.protector("p").protect("old");
      try (DataProtection after =
          DataProtection.open(
              certificates("rsa2048-new", "rsa2048-new", "rsa2048").build(), store)) {
        assertThat(after.protector("p").unprotect(old)).isEqualTo("old");
        Instant from = after.keyManager().ring().loadedAt().plusSeconds(60);
        Key made = after.keyManager().create(from, from.plus(Duration.ofDays(30)));
        assertThat(after.keyManager().ring().defaultKey().id()).isEqualTo(made.id());
        String fresh = after.protector("p").protect("fresh");
        // Replicas are given the new certificate for reading before one of them writes with it.
        try (DataProtection ready =
                DataProtection.open(
                    certificates("rsa2048", "rsa2048", "rsa2048-new").build(), store);
            DataProtection late =
                DataProtection.open(
                    certificates("rsa2048-new", "rsa2048-new").autoGenerateKeys(false).build(),
                    store)) {
          assertThat(ready.protector("p").unprotect(fresh)).isEqualTo("fresh");
          assertThat(late.protector("p").unprotect(fresh)).isEqualTo("fresh");
          assertThatThrownBy(() -> late.protector("p").unprotect(old))
              .hasMessageContaining("no configured certificate");
        }
      }
    }
  }

  @Test
  void serviceThatIsAwayAtTheStartLeadsToNoKeyAndIsAskedAgain() {
    Key made = replica(withService()).ring().current().defaultKey();
    service.away = true;
    KeyRingAssembly late = replica(withService());
    assertThatThrownBy(() -> late.ring().current()).isInstanceOf(StoreUnavailableException.class);
    service.away = false;
    assertThat(late.ring().current().defaultKey().id()).isEqualTo(made.id());
    assertThat(store.readAll().items()).hasSize(1);
  }

  @Test
  void revocationIsInForceThoughTheKeyAfterItCannotBeOpenedYet() {
    KeyRingAssembly one = replica(withService());
    KeyRingAssembly two = replica(withService());
    Key first = two.ring().current().defaultKey();
    now.set(now.get().plus(Duration.ofHours(1)));
    one.keys().revoke(first.id(), "stolen");
    assertThat(one.ring().current().defaultKey().id()).isNotEqualTo(first.id());
    service.away = true;
    assertThatThrownBy(() -> two.ring().refresh()).isInstanceOf(StoreUnavailableException.class);
    assertThat(two.ring().find(first.id()).orElseThrow().isRevoked()).isTrue();
    assertThat(two.ring().current().defaultKey().isRevoked())
        .as("protectors refuse to use it")
        .isTrue();
    service.away = false;
    assertThat(two.ring().refresh().defaultKey().id())
        .isEqualTo(one.ring().current().defaultKey().id());
  }

  @Test
  void readerThatIsLeftWithoutAKeyProtectsNothingAndObeysTheRevocation() {
    try (DataProtection rotator =
            DataProtection.open(DataProtectionOptions.builder().build(), store);
        DataProtection reader =
            DataProtection.open(
                DataProtectionOptions.builder().autoGenerateKeys(false).build(), store)) {
      String payload = rotator.protector("p").protect("x");
      assertThat(reader.protector("p").unprotect(payload)).isEqualTo("x");
      UUID id = rotator.keyManager().ring().defaultKey().id();
      String revocation = KeyElements.revocation(id, now.get(), null);
      rotator.close();
      store.store(new KeyItem(revocation, "revocation"));
      assertThatThrownBy(() -> reader.keyManager().refresh())
          .isInstanceOf(DataProtectionException.class);
      assertThatThrownBy(() -> reader.protector("p").unprotect(payload))
          .hasMessageContaining("is revoked");
      assertThatThrownBy(() -> reader.protector("p").protect("y"))
          .hasMessageContaining("is revoked");
    }
  }

  @Test
  void successorThatCannotBeWrappedIsMadeLaterAndTheRingWorks() {
    KeyRingAssembly replica = replica(withService());
    Key made = replica.ring().current().defaultKey();
    now.set(made.expiration().minus(Duration.ofHours(60)));
    service.away = true;
    assertThat(replica.ring().refresh().defaultKey().id()).isEqualTo(made.id());
    assertThat(store.readAll().items()).hasSize(1);
    service.away = false;
    assertThat(replica.ring().refresh().keys()).hasSize(2);
  }

  @Test
  void secretOfEntriesThatCannotBeHadNowLeavesTheRingUnread() {
    byte[] secret = new byte[32];
    EntryAuthentication known = new EntryAuthentication(secret);
    Key made =
        replica(DataProtectionOptions.builder().entryAuthentication(known))
            .ring()
            .current()
            .defaultKey();
    EntryAuthentication fetched =
        EntryAuthentication.from(
            () -> {
              if (service.away) {
                throw new StoreUnavailableException("the vault is away", null);
              }
              return secret.clone();
            });
    service.away = true;
    KeyRingAssembly ring = replica(DataProtectionOptions.builder().entryAuthentication(fetched));
    assertThatThrownBy(() -> ring.ring().current()).isInstanceOf(StoreUnavailableException.class);
    service.away = false;
    assertThat(ring.ring().current().defaultKey().id()).isEqualTo(made.id());
    assertThat(store.readAll().items()).hasSize(1);
    KeyRingAssembly weak =
        replica(
            DataProtectionOptions.builder()
                .entryAuthentication(EntryAuthentication.from(() -> new byte[8])));
    assertThatThrownBy(() -> weak.ring().current())
        .isExactlyInstanceOf(DataProtectionException.class)
        .hasMessageContaining("ringSecret has 8 bytes");
  }

  /** Keeps secrets as they are, while it is there. */
  private static final class Service implements SecretEncryptor, SecretDecryptor {
    private boolean away;

    @Override
    public EncryptedSecret encrypt(String plaintextXml) {
      check();
      return new EncryptedSecret(
          "<kept xmlns=\"\">" + plaintextXml.replace("&", "&amp;").replace("<", "&lt;") + "</kept>",
          "Kept");
    }

    @Override
    public boolean handles(String typeName) {
      return typeName.equals("Kept");
    }

    @Override
    public String decrypt(Element encrypted) {
      check();
      return HardenedXml.text(encrypted);
    }

    private void check() {
      if (away) {
        throw new StoreUnavailableException("the service is away", null);
      }
    }
  }
}
