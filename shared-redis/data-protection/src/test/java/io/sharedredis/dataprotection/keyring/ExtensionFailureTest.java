package io.sharedredis.dataprotection.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.atrest.SecretDecryptor;
import io.sharedredis.dataprotection.atrest.SecretEncryptor;
import io.sharedredis.dataprotection.repository.InMemoryKeyRepository;
import io.sharedredis.dataprotection.xml.HardenedXml;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

/** What an application plugs in throws what it likes; callers meet one type of exception. */
class ExtensionFailureTest {
  private static final String BURIED = "text of the master key";

  private final InMemoryKeyRepository store = new InMemoryKeyRepository();
  private final Breakable breakable = new Breakable();

  private DataProtection open(DataProtectionOptions.Builder options) {
    return DataProtection.open(options.build(), store);
  }

  private DataProtectionOptions.Builder encrypted() {
    return DataProtectionOptions.builder().secretEncryptor(breakable).addSecretDecryptor(breakable);
  }

  private static void assertFails(String what, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(DataProtectionException.class)
        .hasMessageContaining(what)
        .hasMessageNotContaining(BURIED);
  }

  @Test
  void decryptorThatThrowsLeadsToOneExceptionToNoKeyAndIsAskedAgain() {
    String payload;
    try (DataProtection before = open(encrypted())) {
      payload = before.protector("p").protect("x");
    }
    breakable.broken = true;
    try (DataProtection ring = open(encrypted())) {
      assertFails("secret decryptor", () -> ring.protector("p").unprotect(payload));
      assertFails("secret decryptor", () -> ring.protector("p").protect("y"));
      assertThat(store.readAll().items()).hasSize(1);
      breakable.broken = false;
      assertThat(ring.protector("p").unprotect(payload)).isEqualTo("x");
    }
  }

  @Test
  void encryptorThatThrowsLeadsToOneExceptionAndNothingIsStored() {
    breakable.broken = true;
    try (DataProtection ring = open(encrypted())) {
      assertFails("secret encryptor", () -> ring.protector("p").protect("x"));
      assertFails("secret encryptor", () -> ring.keyManager().create());
    }
    assertThat(store.readAll().items()).isEmpty();
  }

  @Test
  void escrowSinkThatThrowsLeadsToOneExceptionAndNothingIsStored() {
    try (DataProtection ring =
        open(DataProtectionOptions.builder().addEscrowSink(xml -> breakable.fail()))) {
      assertFails("escrow sink", () -> ring.protector("p").protect("x"));
      assertFails("escrow sink", () -> ring.keyManager().create());
    }
    assertThat(store.readAll().items()).isEmpty();
  }

  @Test
  void sourceOfTheRingSecretThatThrowsLeadsToOneException() {
    EntryAuthentication fetched =
        EntryAuthentication.from(
            () -> {
              breakable.fail();
              return new byte[32];
            });
    try (DataProtection ring = open(DataProtectionOptions.builder().entryAuthentication(fetched))) {
      assertFails("ringSecret", () -> ring.protector("p").protect("x"));
    }
    assertThat(store.readAll().items()).isEmpty();
  }

  /** Keeps secrets as they are, unless it is broken. */
  private static final class Breakable implements SecretEncryptor, SecretDecryptor {
    private volatile boolean broken;

    void fail() {
      throw new IllegalStateException(BURIED);
    }

    @Override
    public EncryptedSecret encrypt(String plaintextXml) {
      if (broken) {
        fail();
      }
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
      if (broken) {
        fail();
      }
      return HardenedXml.text(encrypted);
    }
  }
}
