package io.sharedredis.dataprotection.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.DataProtector;
import io.sharedredis.dataprotection.aspnet.antiforgery.AntiforgeryTokens;
import io.sharedredis.dataprotection.aspnet.antiforgery.AntiforgeryTokens.Verdict;
import io.sharedredis.dataprotection.aspnet.antiforgery.AntiforgeryUser;
import io.sharedredis.dataprotection.aspnet.cookie.AuthenticationCookie;
import io.sharedredis.dataprotection.aspnet.cookie.ChunkedCookie;
import io.sharedredis.dataprotection.aspnet.cookie.RequestCookies;
import io.sharedredis.dataprotection.aspnet.session.SessionData;
import io.sharedredis.dataprotection.aspnet.ticket.Ticket;
import io.sharedredis.dataprotection.aspnet.ticket.TicketFormat;
import io.sharedredis.dataprotection.crypto.PayloadText;
import io.sharedredis.dataprotection.interop.Interop;
import io.sharedredis.dataprotection.keyring.Key;
import io.sharedredis.dataprotection.keyring.KeyRingAssembly;
import io.sharedredis.dataprotection.repository.InMemoryKeyRepository;
import io.sharedredis.dataprotection.repository.KeyItem;
import io.sharedredis.dataprotection.xml.XmlLayout;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Whatever a stranger sends, or someone writes into the store, the only answer but a result is a
 * {@link DataProtectionException}. In a normal build each target runs over its corpus; with {@code
 * JAZZER_FUZZ=1} it searches for new input.
 */
class DataProtectionFuzzTest {
  private static final DataProtection RING = Interop.open("default", "MyApp");
  private static final DataProtector PROTECTOR = RING.protector("fuzz");
  private static final AntiforgeryTokens TOKENS = new AntiforgeryTokens(RING, new SecureRandom());

  @FuzzTest(maxDuration = "1m")
  void envelope(byte[] payload) {
    try {
      PROTECTOR.unprotectIgnoringRevocation(payload);
    } catch (DataProtectionException e) {
      assertThat(e).isExactlyInstanceOf(DataProtectionException.class);
    }
  }

  @FuzzTest(maxDuration = "1m")
  void payloadText(byte[] input) {
    String text = new String(input, StandardCharsets.ISO_8859_1);
    try {
      byte[] decoded = PayloadText.decode(text);
      assertThat(PayloadText.decode(PayloadText.encode(decoded))).isEqualTo(decoded);
    } catch (DataProtectionException e) {
      assertThat(e).isExactlyInstanceOf(DataProtectionException.class);
    }
  }

  @FuzzTest(maxDuration = "1m")
  void keyRingItem(byte[] input) {
    String xml = new String(input, StandardCharsets.UTF_8);
    assertThat(XmlLayout.compact(XmlLayout.compact(xml))).isEqualTo(XmlLayout.compact(xml));
    XmlLayout.indented(xml);
    InMemoryKeyRepository repository = new InMemoryKeyRepository();
    repository.store(new KeyItem(xml, ""));
    try {
      KeyRingAssembly.of(
              DataProtectionOptions.builder().autoGenerateKeys(false).build(),
              repository,
              InstantSource.fixed(Instant.parse("2025-02-15T00:00:00Z")),
              new SecureRandom(),
              task -> {})
          .keys()
          .read()
          .forEach(Key::isUsable);
    } catch (DataProtectionException e) {
      assertThat(e).isExactlyInstanceOf(DataProtectionException.class);
    }
  }

  @FuzzTest(maxDuration = "1m")
  void ticket(byte[] bytes) {
    Ticket ticket;
    try {
      ticket = TicketFormat.read(bytes);
    } catch (DataProtectionException e) {
      return;
    }
    ticket.properties().expires();
    ticket.properties().allowRefresh();
    // An empty bootstrap context is read but never written: equal from the second writing on.
    byte[] written = TicketFormat.write(ticket);
    assertThat(TicketFormat.write(TicketFormat.read(written))).isEqualTo(written);
  }

  @FuzzTest(maxDuration = "1m")
  void cookies(byte[] input) {
    RequestCookies request = RequestCookies.parse(new String(input, StandardCharsets.ISO_8859_1));
    ChunkedCookie cookie = AuthenticationCookie.defaultCookie("Cookies");
    cookie.read(request);
    assertThat(cookie.deletion(request)).hasSizeLessThan(input.length + 2);
  }

  @FuzzTest(maxDuration = "1m")
  void antiforgery(byte[] content) {
    // Protected with the right purpose: what is tested is the content, not the envelope.
    String text =
        PayloadText.encode(
            RING.protector("Microsoft.AspNetCore.Antiforgery.AntiforgeryToken.v1")
                .protect(content));
    assertThat(TOKENS.check(text, text, AntiforgeryUser.ANONYMOUS, data -> true))
        .isIn(Verdict.UNREADABLE, Verdict.SWAPPED);
  }

  @FuzzTest(maxDuration = "1m")
  void session(byte[] bytes) {
    SessionData session;
    try {
      session = SessionData.read(bytes);
    } catch (DataProtectionException e) {
      return;
    }
    assertThat(SessionData.read(session.write()).values().keySet())
        .isEqualTo(session.values().keySet());
  }
}
