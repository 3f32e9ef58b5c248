package io.sharedredis.starter.keyring;

import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.dataprotection.DataProtector;
import io.sharedredis.dataprotection.TimeLimitedDataProtector;
import io.sharedredis.dataprotection.UnprotectResult;
import java.time.Duration;
import java.time.Instant;

/**
 * Protectors that take the time; there only where there are meters. What is refused is not timed: a
 * stranger's junk would hide how long work takes. Thread-safe.
 */
final class TimedProvider implements DataProtectionProvider {

  private final DataProtectionProvider provider;
  private final OperationTimes protects = new OperationTimes();
  private final OperationTimes unprotects = new OperationTimes();

  TimedProvider(DataProtectionProvider provider) {
    this.provider = provider;
  }

  OperationTimes protects() {
    return protects;
  }

  OperationTimes unprotects() {
    return unprotects;
  }

  @Override
  public DataProtector protector(String purpose, String... more) {
    return new Timed(provider.protector(purpose, more));
  }

  private final class Timed implements DataProtector {

    private final DataProtector protector;

    Timed(DataProtector protector) {
      this.protector = protector;
    }

    @Override
    public DataProtector protector(String purpose, String... more) {
      return new Timed(protector.protector(purpose, more));
    }

    @Override
    public DataProtector remembering(int payloads) {
      return new Timed(protector.remembering(payloads));
    }

    @Override
    public TimeLimitedDataProtector timeLimited() {
      return new TimedLimited(protector.timeLimited());
    }

    @Override
    public byte[] protect(byte[] plaintext) {
      return protects.of(() -> protector.protect(plaintext));
    }

    @Override
    public byte[] protectUnder(byte[] plaintext, String... purposes) {
      return protects.of(() -> protector.protectUnder(plaintext, purposes));
    }

    @Override
    public String protect(String plaintext) {
      return protects.of(() -> protector.protect(plaintext));
    }

    @Override
    public byte[] unprotect(byte[] payload) {
      return unprotects.of(() -> protector.unprotect(payload));
    }

    @Override
    public byte[] unprotectUnder(byte[] bytes, int from, String... purposes) {
      return unprotects.of(() -> protector.unprotectUnder(bytes, from, purposes));
    }

    @Override
    public String unprotect(String payload) {
      return unprotects.of(() -> protector.unprotect(payload));
    }

    @Override
    public UnprotectResult unprotectWithResult(byte[] payload) {
      return unprotects.of(() -> protector.unprotectWithResult(payload));
    }

    @Override
    public UnprotectResult unprotectWithResult(String payload) {
      return unprotects.of(() -> protector.unprotectWithResult(payload));
    }

    @Override
    public UnprotectResult unprotectIgnoringRevocation(byte[] payload) {
      return unprotects.of(() -> protector.unprotectIgnoringRevocation(payload));
    }

    @Override
    public UnprotectResult unprotectIgnoringRevocation(String payload) {
      return unprotects.of(() -> protector.unprotectIgnoringRevocation(payload));
    }
  }

  private final class TimedLimited implements TimeLimitedDataProtector {

    private final TimeLimitedDataProtector protector;

    TimedLimited(TimeLimitedDataProtector protector) {
      this.protector = protector;
    }

    @Override
    public TimeLimitedDataProtector protector(String purpose, String... more) {
      return new TimedLimited(protector.protector(purpose, more));
    }

    @Override
    public String protect(String plaintext, Duration lifetime) {
      return protects.of(() -> protector.protect(plaintext, lifetime));
    }

    @Override
    public String protect(String plaintext, Instant expiration) {
      return protects.of(() -> protector.protect(plaintext, expiration));
    }

    @Override
    public byte[] protect(byte[] plaintext, Duration lifetime) {
      return protects.of(() -> protector.protect(plaintext, lifetime));
    }

    @Override
    public byte[] protect(byte[] plaintext, Instant expiration) {
      return protects.of(() -> protector.protect(plaintext, expiration));
    }

    @Override
    public String protect(String plaintext) {
      return protects.of(() -> protector.protect(plaintext));
    }

    @Override
    public byte[] protect(byte[] plaintext) {
      return protects.of(() -> protector.protect(plaintext));
    }

    @Override
    public String unprotect(String payload) {
      return unprotects.of(() -> protector.unprotect(payload));
    }

    @Override
    public byte[] unprotect(byte[] payload) {
      return unprotects.of(() -> protector.unprotect(payload));
    }

    @Override
    public Expiring unprotectWithExpiration(byte[] payload) {
      return unprotects.of(() -> protector.unprotectWithExpiration(payload));
    }

    @Override
    public Expiring unprotectIgnoringRevocation(byte[] payload) {
      return unprotects.of(() -> protector.unprotectIgnoringRevocation(payload));
    }
  }
}
