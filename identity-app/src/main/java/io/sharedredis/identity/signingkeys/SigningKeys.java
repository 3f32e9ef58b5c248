package io.sharedredis.identity.signingkeys;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.dataprotection.DataProtector;
import io.sharedredis.identity.startup.StartUpStep;
import java.security.SecureRandom;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.stereotype.Component;

/**
 * The keys that sign and verify tokens, the same on all replicas. The first replica of a farm makes
 * one; the others, and all after a restart, load it.
 *
 * <p>A replica signs with the newest active key that <em>it</em> can open and publishes all of
 * them. So a farm whose key ring was lost goes on with a new key while its old tokens stay valid,
 * and two replicas with different rings by mistake each sign with their own key instead of
 * replacing each other's for ever.
 */
@Component
@Order(40)
class SigningKeys implements JWKSource<SecurityContext>, StartUpStep {

  private static final Logger log = LoggerFactory.getLogger(SigningKeys.class);

  /** Bits; the strength NIST SP 800-57 accepts until 2030, and what every verifier supports. */
  private static final int RSA_BITS = 2048;

  /**
   * How old the copy in memory may get: a retired or added key is known on every replica within
   * this time.
   */
  private static final Duration MAX_AGE = Duration.ofSeconds(30);

  /**
   * Least time between two reads that unknown key ids cause, so that forged tokens cannot keep the
   * database busy.
   */
  private static final Duration LEAST_PAUSE = Duration.ofSeconds(1);

  private final SigningKeyTable table;
  private final DataProtector protector;
  private final SecureRandom random;
  private final InstantSource time;
  private final Set<String> reported = new HashSet<>();
  private volatile @Nullable KeySet known;

  SigningKeys(
      SigningKeyTable table,
      DataProtectionProvider protection,
      SecureRandom random,
      InstantSource time) {
    this.table = table;
    this.protector = protection.protector("identity.signing-keys", "v1");
    this.random = random;
    this.time = time;
  }

  @Override
  public String description() {
    return "signing key";
  }

  /** Loads the keys; makes one if this replica can open none of those that are there. */
  @Override
  public void run() {
    ringWorks();
    if (load().signer() == null) {
      table.alone(
          () -> {
            KeySet others = load();
            if (others.signer() == null) {
              table.insert(make());
            }
            return true;
          });
      load();
    }
  }

  /** Returns the key to sign with. */
  RSAKey signer() {
    RSAKey signer = fresh(MAX_AGE).signer();
    if (signer == null) {
      throw new DataAccessResourceFailureException("no signing key can be opened");
    }
    return signer;
  }

  /**
   * Returns public keys; looks into the table again when a key id is asked for that is not known
   * yet.
   */
  @Override
  public List<JWK> get(JWKSelector selector, @Nullable SecurityContext context) {
    List<JWK> found = selector.select(fresh(MAX_AGE).published());
    return found.isEmpty() ? selector.select(fresh(LEAST_PAUSE).published()) : found;
  }

  private KeySet fresh(Duration maxAge) {
    KeySet current = known;
    if (current != null && time.instant().isBefore(current.readAt().plus(maxAge))) {
      return current;
    }
    try {
      return load();
    } catch (DataAccessException e) {
      if (current == null) {
        throw e;
      }
      // Keys change once in months: an old copy is right, and a database that is away stops no
      // verification.
      known = new KeySet(current.published(), current.signer(), time.instant());
      return current;
    }
  }

  private KeySet load() {
    Instant now = time.instant();
    List<JWK> published = new ArrayList<>();
    RSAKey signer = null;
    for (StoredKey stored : table.readAll()) {
      published.add(parse(stored.publicJwk()));
      if (signer == null && stored.active()) {
        signer = open(stored);
      }
    }
    KeySet read = new KeySet(new JWKSet(published), signer, now);
    known = read;
    return read;
  }

  private @Nullable RSAKey open(StoredKey stored) {
    try {
      return parse(protector.unprotect(stored.privateProtected()));
    } catch (DataProtectionException e) {
      synchronized (reported) {
        if (reported.add(stored.kid())) {
          log.error(
              "Signing key {} of {} cannot be opened with the current key ring: the ring was lost or replaced, or"
                  + " shared-redis.application-name differs. Tokens it signed stay valid; another key signs from now on.",
              stored.kid(),
              stored.createdAt());
        }
      }
      return null;
    }
  }

  /**
   * A ring that is not there yet must not look like one that lost its keys: no new key for that.
   */
  private void ringWorks() {
    protector.unprotect(protector.protect("ring"));
  }

  private StoredKey make() {
    try {
      RSAKey key =
          new RSAKeyGenerator(RSA_BITS)
              .secureRandom(random)
              .keyUse(KeyUse.SIGNATURE)
              .algorithm(JWSAlgorithm.RS256)
              .keyIDFromThumbprint(true)
              .generate();
      log.info("Made signing key {}", key.getKeyID());
      return new StoredKey(
          key.getKeyID(),
          true,
          key.toPublicJWK().toJSONString(),
          protector.protect(key.toJSONString()),
          time.instant());
    } catch (JOSEException e) {
      throw new IllegalStateException("This JVM cannot make an RSA key.", e);
    }
  }

  private static RSAKey parse(String json) {
    try {
      return RSAKey.parse(json);
    } catch (ParseException e) {
      throw new IllegalStateException("A row of signing_key is not an RSA key in JSON.", e);
    }
  }
}
