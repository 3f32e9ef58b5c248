package io.sharedredis.webspa.ordering;

import io.sharedredis.webspa.farm.Client;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What a buyer does in the tests of orders. */
public record Shopper(Client client) {

  /** A checkout that is fine. */
  public static ObjectNode checkout() {
    ObjectNode body = JsonMapper.shared().createObjectNode();
    Map.of(
            "street", "1 Pier Road",
            "city", "Harbor",
            "state", "WA",
            "country", "US",
            "zipCode", "98052",
            "cardNumber", "4012888888881881",
            "cardHolderName", "Alice Smith",
            "cardExpiration", "12/40",
            "cardSecurityNumber", "123")
        .forEach(body::put);
    return body.put("cardTypeId", 1);
  }

  public static String requestId() {
    return UUID.randomUUID().toString();
  }

  public void fill(int product, int quantity) {
    Client.Answer answer =
        client.post(
            "/api/v1/basket",
            "{\"items\":[{\"productId\":%d,\"quantity\":%d}]}".formatted(product, quantity));
    if (answer.status() != 200) {
      throw new IllegalStateException(answer.body());
    }
  }

  public Client.Answer checkout(String requestId, ObjectNode body) {
    return client.post("/api/v1/basket/checkout", body.toString(), "x-requestid", requestId);
  }

  /** Orders these pieces and returns the number of the order. */
  public int order(int product, int quantity) {
    fill(product, quantity);
    Client.Answer answer = checkout(requestId(), checkout());
    if (answer.status() != 202) {
      throw new IllegalStateException(answer.body());
    }
    return answer.json().path("orderNumber").asInt();
  }

  public Client.Answer command(String verb, int order, String requestId) {
    return client.put(
        "/api/v1/orders/" + verb, "{\"orderNumber\":" + order + "}", "x-requestid", requestId);
  }

  public String status(int order) {
    return client.get("/api/v1/orders/" + order).json().path("status").asString();
  }

  public void awaitStatus(int order, String status) {
    Awaitility.await()
        .atMost(20, TimeUnit.SECONDS)
        .pollInterval(50, TimeUnit.MILLISECONDS)
        .until(() -> status(order), status::equals);
  }

  /** Statuses of which the buyer was told, oldest first. */
  public List<String> told(int order) {
    List<String> told = new ArrayList<>();
    client
        .get("/api/v1/orders/" + order + "/history")
        .json()
        .forEach(entry -> told.add(entry.path("status").asString()));
    return told;
  }
}
