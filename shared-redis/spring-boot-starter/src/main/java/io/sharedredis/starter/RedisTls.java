package io.sharedredis.starter;

import io.lettuce.core.SslOptions;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.core.env.Environment;

/** TLS to Redis as one of Spring Boot's SSL bundles says; of addresses that say TLS. */
final class RedisTls {

  static final String BUNDLE = "shared-redis.redis.ssl-bundle";
  private static final String SPRING = "spring.data.redis.ssl.bundle";

  private RedisTls() {}

  /**
   * @param bundles null where the application has none
   */
  static SslOptions options(Environment environment, @Nullable SslBundles bundles) {
    String setting = BUNDLE;
    String name = environment.getProperty(BUNDLE);
    if (name == null || name.isBlank()) {
      setting = SPRING;
      name = environment.getProperty(SPRING);
    }
    if (name == null || name.isBlank()) {
      return SslOptions.create();
    }
    if (bundles == null) {
      throw unknown(setting, name);
    }
    try {
      return options(bundles.getBundle(name));
    } catch (NoSuchSslBundleException e) {
      throw unknown(setting, name);
    }
  }

  private static SslOptions options(SslBundle bundle) {
    SslOptions.Builder tls =
        SslOptions.builder()
            .jdkSslProvider()
            .keyManager(bundle.getManagers().getKeyManagerFactory())
            .trustManager(bundle.getManagers().getTrustManagerFactory());
    String[] ciphers = bundle.getOptions().getCiphers();
    if (ciphers != null) {
      tls.cipherSuites(Arrays.copyOf(ciphers, ciphers.length));
    }
    String[] protocols = bundle.getOptions().getEnabledProtocols();
    if (protocols != null) {
      tls.protocols(Arrays.copyOf(protocols, protocols.length));
    }
    return tls.build();
  }

  private static InvalidSettingException unknown(String setting, String name) {
    return new InvalidSettingException(
        setting,
        name,
        "names no SSL bundle",
        "Describe the bundle below spring.ssl.bundle.pem or spring.ssl.bundle.jks, or correct the"
            + " name.");
  }
}
