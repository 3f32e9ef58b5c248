package io.sharedredis.spring.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.hub.ClientProxy;
import io.sharedredis.hub.Hub;
import io.sharedredis.hub.HubFilter;
import io.sharedredis.hub.server.CallObserver;
import jakarta.validation.Valid;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ArgumentValidationTest {
  private static final Validator VALIDATOR =
      Validation.byDefaultProvider()
          .configure()
          .messageInterpolator(
              new org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator(
                  java.util.Set.of(), Locale.ENGLISH, false))
          .buildValidatorFactory()
          .getValidator();

  private final HubFilter validation = ArgumentValidation.of(ShopHub.class, VALIDATOR);
  private final HubOnAString client =
      new HubOnAString(
          ShopHub.class, ShopHub::new, List.of(validation), CallObserver.NONE, Map.of());

  record Address(@NotBlank String city) {}

  record Order(@Positive int quantity, @Valid @NotNull Address address) {}

  static class ShopHub extends Hub<ClientProxy> {
    public String order(@Valid @NotNull Order order, @Size(max = 5) String note) {
      return order.address().city();
    }

    public String many(List<@NotBlank String> words) {
      return String.join(" ", words);
    }

    public int sum(@Positive int start, Stream<Integer> numbers) {
      return start + numbers.mapToInt(i -> i).sum();
    }

    public String free(String text) {
      return text;
    }
  }

  static class FreeHub extends Hub<ClientProxy> {
    public String free(String text) {
      return text;
    }
  }

  @AfterEach
  void close() {
    client.close();
  }

  @Test
  void argumentsThatAreRightReachTheMethod() {
    client.call("1", "order", "{\"quantity\":2,\"address\":{\"city\":\"Graz\"}},\"soon\"");
    assertThat(client.next()).contains("\"result\":\"Graz\"");
    client.call("2", "free", "null");
    assertThat(client.next()).contains("\"result\":null");
  }

  @Test
  void callerIsToldWhichParameterIsWrongAndWhyAndNothingElse() {
    client.call("1", "order", "{\"quantity\":-2,\"address\":{\"city\":\" \"}},\"far too long\"");
    assertThat(client.next())
        .contains(
            "An unexpected error occurred invoking 'order' on the server. HubException: "
                + "note: size must be between 0 and 5; "
                + "order.address.city: must not be blank; "
                + "order.quantity: must be greater than 0\"");
    client.call("2", "order", "null,null");
    assertThat(client.next()).contains("HubException: order: must not be null\"");
    client.call("3", "many", "[\"a\",\"\"]");
    assertThat(client.next()).contains("HubException: words[1]: must not be blank\"");
  }

  @Test
  void noMoreThanTenViolationsAreTold() {
    client.call("1", "many", "[" + "\"\",".repeat(50) + "\"\"]");
    assertThat(client.next().split("; ")).hasSize(10);
  }

  @Test
  void callsWithUploadsAreCheckedBeforeTheyRead() {
    client.send(
        "{\"type\":1,\"invocationId\":\"1\",\"target\":\"sum\",\"arguments\":[0],\"streamIds\":[\"u\"]}");
    assertThat(client.next()).contains("HubException: start: must be greater than 0\"");
    client.send(
        "{\"type\":1,\"invocationId\":\"2\",\"target\":\"sum\",\"arguments\":[1],\"streamIds\":[\"v\"]}");
    client.send("{\"type\":2,\"invocationId\":\"v\",\"item\":4}");
    client.send("{\"type\":3,\"invocationId\":\"v\"}");
    assertThat(client.next()).contains("\"result\":5");
  }

  @Test
  void hubWithoutConstraintsHasNoCheck() {
    assertThat(ArgumentValidation.of(FreeHub.class, VALIDATOR)).isNull();
  }
}
