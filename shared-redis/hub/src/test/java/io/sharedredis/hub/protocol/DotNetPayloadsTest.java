package io.sharedredis.hub.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.hub.HubName;
import io.sharedredis.hub.HubValue;
import io.sharedredis.hub.protocol.HubMessage.Invocation;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.msgpack.core.MessagePack;
import tools.jackson.databind.json.JsonMapper;

/** What real ASP.NET Core servers sent for the same values. */
class DotNetPayloadsTest {
  private final JsonHubProtocol json = new JsonHubProtocol(PayloadMappers.dotNetJson());
  private final MessagePackHubProtocol messagePack =
      new MessagePackHubProtocol(PayloadMappers.dotNetMessagePack());

  enum Status {
    @HubValue(1)
    Submitted,
    @HubValue(3)
    Paid,
    @HubValue(4)
    Shipped
  }

  enum Plain {
    Zero,
    One
  }

  record Item(String productName, int units, BigDecimal unitPrice) {}

  record Order(int orderId, @Nullable String buyerName, Status status, List<Item> items) {}

  record Named(int orderId, @HubName("buyerName") String buyer) {}

  private static final Order ORDER =
      new Order(
          7, null, Status.Shipped, List.of(new Item("Prism t-shirt", 1, new BigDecimal("12.50"))));

  private String json(@Nullable Object... arguments) {
    byte[] frame = json.write(invocation(arguments));
    String text = new String(frame, StandardCharsets.UTF_8);
    return text.substring(text.indexOf("\"arguments\":") + 12, text.length() - 2);
  }

  private String messagePack(@Nullable Object argument) throws Exception {
    byte[] frame = messagePack.write(invocation(argument));
    try (var in = MessagePack.newDefaultUnpacker(frame, 1, frame.length - 1)) {
      return in.unpackValue().asArrayValue().get(4).asArrayValue().get(0).toJson();
    }
  }

  private static Invocation invocation(@Nullable Object... arguments) {
    return new Invocation(Map.of(), null, "shape", Arrays.asList(arguments), List.of());
  }

  @Test
  void jsonHasCamelCaseNamesAndEnumsByNumber() {
    assertThat(json(ORDER))
        .isEqualTo(
            "[{\"orderId\":7,\"buyerName\":null,\"status\":4,\"items\":[{\"productName\":\"Prism"
                + " t-shirt\",\"units\":1,\"unitPrice\":12.50}]}]");
    assertThat(json(Plain.One, Status.Paid)).isEqualTo("[1,3]");
    assertThat(json(Duration.parse("P1DT2H3M4.005S"), Duration.ofMinutes(-5)))
        .isEqualTo("[\"1.02:03:04.0050000\",\"-00:05:00\"]");
    assertThat(
            json(LocalDate.parse("2026-11-22"), OffsetDateTime.parse("2026-11-22T09:30:15+02:00")))
        .isEqualTo("[\"2026-11-22\",\"2026-11-22T09:30:15+02:00\"]");
  }

  @Test
  void messagePackHasPascalCaseNamesAndEnumsByName() throws Exception {
    assertThat(messagePack(ORDER))
        .isEqualTo(
            "{\"OrderId\":7,\"BuyerName\":null,\"Status\":\"Shipped\",\"Items\":[{\"ProductName\":\"Prism"
                + " t-shirt\",\"Units\":1,\"UnitPrice\":\"12.50\"}]}");
    assertThat(messagePack(LocalDate.parse("2026-11-22"))).isEqualTo("739941");
    assertThat(messagePack(Duration.parse("P1DT2H3M4.005S"))).isEqualTo("937840050000");
    Map<String, Object> map = new LinkedHashMap<>(Map.of("camelCase", "x"));
    assertThat(messagePack(map)).isEqualTo("{\"camelCase\":\"x\"}");
  }

  @Test
  void nameThatIsGivenIsWrittenAsItIsInBothProtocols() throws Exception {
    assertThat(json(new Named(1, "Ann"))).isEqualTo("[{\"orderId\":1,\"buyerName\":\"Ann\"}]");
    assertThat(messagePack(new Named(1, "Ann"))).isEqualTo("{\"OrderId\":1,\"buyerName\":\"Ann\"}");
  }

  @Test
  void bothFormsAreRead() throws Exception {
    for (JsonMapper mapper :
        List.of(
            PayloadMappers.json(),
            PayloadMappers.dotNetJson(),
            PayloadMappers.messagePack(),
            PayloadMappers.dotNetMessagePack())) {
      Order camel =
          mapper.readValue(
              "{\"orderId\":7,\"buyerName\":null,\"status\":4,\"items\":[]}", Order.class);
      Order pascal =
          mapper.readValue(
              "{\"OrderId\":7,\"BuyerName\":null,\"Status\":\"Shipped\",\"Items\":[]}",
              Order.class);
      assertThat(camel).isEqualTo(pascal).isEqualTo(new Order(7, null, Status.Shipped, List.of()));
      assertThat(mapper.readValue("1", Plain.class)).isEqualTo(Plain.One);
      assertThat(mapper.readValue("\"paid\"", Status.class)).isEqualTo(Status.Paid);
    }
  }
}
