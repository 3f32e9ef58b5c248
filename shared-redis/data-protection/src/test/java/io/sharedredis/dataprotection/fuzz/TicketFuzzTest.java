package io.sharedredis.dataprotection.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.sharedredis.dataprotection.aspnet.ticket.Ticket;
import io.sharedredis.dataprotection.aspnet.ticket.TicketFormat;
import io.sharedredis.dataprotection.aspnet.ticket.TicketProperties;
import io.sharedredis.dataprotection.aspnet.ticket.TicketProtector;
import io.sharedredis.dataprotection.interop.Interop;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** The content of a ticket, as whoever holds the keys may have written it. */
class TicketFuzzTest {
  private static final TicketProtector PROTECTOR =
      TicketProtector.ofCookies(FuzzRing.CBC_SHA256.ring(), "Cookies");

  @MethodSource
  @FuzzTest(maxDuration = "1m")
  void ticket(byte[] bytes) {
    Answer<Ticket> answer =
        Cost.bounded(bytes.length, () -> Answer.of(() -> TicketFormat.read(bytes)));
    Answer<TicketProperties> properties =
        Cost.bounded(bytes.length, () -> Answer.of(() -> TicketFormat.readProperties(bytes)));
    if (!properties.isRefused()) {
      byte[] written = TicketFormat.writeProperties(properties.get());
      assertThat(TicketFormat.readProperties(written)).isEqualTo(properties.get());
    }
    if (answer.isRefused()) {
      // More bytes may make it whole, fewer never do.
      if (bytes.length > 0) {
        byte[] cut = Arrays.copyOf(bytes, bytes.length - 1);
        assertThat(Answer.of(() -> TicketFormat.read(cut)).isRefused()).isTrue();
      }
      return;
    }
    Ticket ticket = answer.get();
    ticket.properties().issued();
    ticket.properties().expires();
    ticket.properties().allowRefresh();
    ticket.identities().forEach(identity -> identity.name());
    // What follows the end is ignored, and an empty bootstrap context is read but never written.
    byte[] written = TicketFormat.write(ticket);
    assertThat(TicketFormat.write(TicketFormat.read(written))).isEqualTo(written);
    byte[] followed = Arrays.copyOf(written, written.length + 3);
    assertThat(TicketFormat.write(TicketFormat.read(followed))).isEqualTo(written);
    for (int cut = Math.max(0, written.length - 8); cut < written.length; cut++) {
      byte[] shorter = Arrays.copyOf(written, cut);
      assertThat(Answer.of(() -> TicketFormat.read(shorter)).isRefused()).isTrue();
    }
    Optional<Ticket> sealed = PROTECTOR.unprotect(PROTECTOR.protect(ticket));
    assertThat(sealed.map(TicketFormat::write)).hasValue(written);
  }

  static Stream<byte[]> ticket() {
    JsonNode tickets = Interop.json("tickets.json");
    return Stream.of("tickets", "malformed")
        .flatMap(kind -> StreamSupport.stream(tickets.get(kind).spliterator(), false))
        .map(one -> Interop.base64(one.get("bytes_base64")))
        .filter(bytes -> bytes != null && bytes.length < 4096);
  }
}
