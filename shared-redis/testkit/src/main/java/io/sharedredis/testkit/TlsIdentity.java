package io.sharedredis.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.TrustManagerFactory;

/**
 * A key of this machine with a certificate that it signed itself, made by the JDK's {@code
 * keytool}: who trusts the certificate trusts the servers that show it, and nobody else does.
 */
public final class TlsIdentity implements AutoCloseable {

  private static final String ALIAS = "server";
  private static final String PASSWORD = "not-secret";

  private final Path directory;
  private final KeyStore store;

  private TlsIdentity(Path directory, KeyStore store) {
    this.directory = directory;
    this.store = store;
  }

  /** For {@code 127.0.0.1} and {@code localhost}, valid for two days. */
  public static TlsIdentity create() {
    try {
      Path directory = Files.createTempDirectory("tls-test-");
      Path file = directory.resolve("identity.p12");
      Process keytool =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                  "-genkeypair",
                  "-alias",
                  ALIAS,
                  "-keyalg",
                  "EC",
                  "-groupname",
                  "secp256r1",
                  "-dname",
                  "CN=redis of a test",
                  "-ext",
                  "san=ip:127.0.0.1,dns:localhost",
                  "-ext",
                  "bc:c",
                  // From yesterday on, for clocks that differ a little.
                  "-startdate",
                  "-1d",
                  "-validity",
                  "3",
                  "-storetype",
                  "PKCS12",
                  "-keystore",
                  file.toString(),
                  "-storepass",
                  PASSWORD)
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("keytool.log").toFile())
              .start();
      if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
        throw new IllegalStateException(
            "keytool made no key: " + Files.readString(directory.resolve("keytool.log")));
      }
      KeyStore store = KeyStore.getInstance("PKCS12");
      try (InputStream in = Files.newInputStream(file)) {
        store.load(in, PASSWORD.toCharArray());
      }
      TlsIdentity identity = new TlsIdentity(directory, store);
      Key key = store.getKey(ALIAS, PASSWORD.toCharArray());
      Files.writeString(identity.key(), pem("PRIVATE KEY", key.getEncoded()));
      Files.writeString(
          identity.certificate(), pem("CERTIFICATE", store.getCertificate(ALIAS).getEncoded()));
      return identity;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("no key and certificate for a test", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while keytool ran", e);
    }
  }

  /** PEM file with the certificate, to be trusted. */
  public Path certificate() {
    return directory.resolve("certificate.pem");
  }

  /** PEM file with the private key. */
  public Path key() {
    return directory.resolve("key.pem");
  }

  /** Options of a server that shows this certificate at a port of its own, beside the plain one. */
  public RedisOptions serving(RedisOptions options, int tlsPort) {
    return options.withArguments(
        "--tls-port",
        Integer.toString(tlsPort),
        "--tls-cert-file",
        certificate().toString(),
        "--tls-key-file",
        key().toString(),
        "--tls-ca-cert-file",
        certificate().toString(),
        "--tls-auth-clients",
        "no");
  }

  /** Trusts this certificate and no other. */
  public TrustManagerFactory trust() {
    try {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry(ALIAS, store.getCertificate(ALIAS));
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(trusted);
      return factory;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("the certificate of a test cannot be trusted", e);
    }
  }

  private static String pem(String kind, byte[] der) {
    return "-----BEGIN "
        + kind
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END "
        + kind
        + "-----\n";
  }

  /** Removes the files. */
  @Override
  public void close() {
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      directory.toFile().deleteOnExit();
    }
  }
}
