package io.sharedredis.benchmarks.dataprotection;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.AeadParameters;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import io.sharedredis.dataprotection.keyring.KeyAlgorithm;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.security.crypto.encrypt.AesBytesEncryptor;
import org.springframework.security.crypto.keygen.KeyGenerators;

/** A way to protect bytes that a Java application may choose; each as its documentation says. */
public interface Peer {
  byte[] protect(byte[] plaintext) throws GeneralSecurityException;

  byte[] unprotect(byte[] payload) throws GeneralSecurityException;

  /** Those that are compared. */
  enum Kind {
    SHARED_REDIS_CBC_HMAC {
      @Override
      Peer create() {
        return ours(KeyAlgorithm.AES_256_CBC_HMACSHA256);
      }
    },
    SHARED_REDIS_GCM {
      @Override
      Peer create() {
        return ours(KeyAlgorithm.AES_256_GCM);
      }
    },
    TINK_AES256_GCM {
      @Override
      Peer create() throws GeneralSecurityException {
        return tink(PredefinedAeadParameters.AES256_GCM);
      }
    },
    TINK_XAES256_GCM {
      @Override
      Peer create() throws GeneralSecurityException {
        return tink(PredefinedAeadParameters.XAES_256_GCM_192_BIT_NONCE);
      }
    },
    SPRING_AES256_GCM {
      @Override
      Peer create() {
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        AesBytesEncryptor encryptor =
            new AesBytesEncryptor(
                new SecretKeySpec(key, "AES"),
                KeyGenerators.secureRandom(16),
                AesBytesEncryptor.CipherAlgorithm.GCM);
        return of(encryptor::encrypt, encryptor::decrypt);
      }
    },
    FERNET_STYLE {
      @Override
      Peer create() throws GeneralSecurityException {
        return new FernetStyle();
      }
    };

    /** With a new key. */
    abstract Peer create() throws GeneralSecurityException;

    private static Peer ours(KeyAlgorithm algorithm) {
      Sample sample = new Sample(algorithm);
      return of(sample.protector()::protect, sample.protector()::unprotect);
    }

    private static Peer tink(AeadParameters parameters) throws GeneralSecurityException {
      AeadConfig.register();
      Aead aead =
          KeysetHandle.generateNew(parameters)
              .getPrimitive(RegistryConfiguration.get(), Aead.class);
      byte[] purpose = "eshop.webspa/Shop.Basket/v1".getBytes(StandardCharsets.UTF_8);
      return of(
          plaintext -> aead.encrypt(plaintext, purpose), payload -> aead.decrypt(payload, purpose));
    }

    private static Peer of(Step protect, Step unprotect) {
      return new Peer() {
        @Override
        public byte[] protect(byte[] plaintext) throws GeneralSecurityException {
          return protect.apply(plaintext);
        }

        @Override
        public byte[] unprotect(byte[] payload) throws GeneralSecurityException {
          return unprotect.apply(payload);
        }
      };
    }
  }

  /** One direction. */
  interface Step {
    byte[] apply(byte[] bytes) throws GeneralSecurityException;
  }
}
