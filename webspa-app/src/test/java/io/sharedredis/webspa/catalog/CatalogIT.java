package io.sharedredis.webspa.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.webspa.farm.Client;
import io.sharedredis.webspa.farm.Databases;
import io.sharedredis.webspa.farm.Replica;
import io.sharedredis.webspa.farm.SharedShop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

class CatalogIT {

  private final Client anybody = SharedShop.client(null);

  private static List<String> names(Client.Answer answer) {
    List<String> names = new ArrayList<>();
    answer.json().path("data").forEach(item -> names.add(item.path("name").asString()));
    return names;
  }

  @Test
  void pagesHaveTheOriginalsEnvelopeAndComeInNameOrder() {
    Client.Answer first = anybody.get("/api/v1/catalog/items?pageSize=12&pageIndex=0");
    Client.Answer second = anybody.get("/api/v1/catalog/items?pageSize=12&pageIndex=1");

    assertThat(first.status()).isEqualTo(200);
    assertThat(first.json().path("count").asInt()).isEqualTo(14);
    assertThat(first.json().path("pageSize").asInt()).isEqualTo(12);
    assertThat(second.json().path("pageIndex").asInt()).isEqualTo(1);
    List<String> all = new ArrayList<>(names(first));
    all.addAll(names(second));
    assertThat(all).hasSize(14).doesNotHaveDuplicates().isSorted();
    assertThat(first.json().path("data").path(0).path("pictureUri").asString())
        .matches("/api/v1/catalog/items/\\d+/pic");
  }

  @Test
  void filteredPagesAreOrderedToo() {
    Client.Answer all = anybody.get("/api/v1/catalog/items/type/all/brand/1?pageSize=100");
    Client.Answer mugs = anybody.get("/api/v1/catalog/items/type/1/brand/1?pageSize=1&pageIndex=1");

    assertThat(names(all)).hasSize(7).isSorted();
    assertThat(mugs.json().path("count").asInt()).isEqualTo(2);
    assertThat(names(mugs)).containsExactly("Tide Mug");
    assertThat(names(anybody.get("/api/v1/catalog/items/type/3/brand?pageSize=100"))).hasSize(4);
    assertThat(names(anybody.get("/api/v1/catalog/items/type/all/brand/all?pageSize=100")))
        .hasSize(14);
  }

  @Test
  void itemsAreFoundByIdByIdsAndByName() {
    assertThat(anybody.get("/api/v1/catalog/items/11").json().path("availableStock").asInt())
        .isEqualTo(3);
    assertThat(anybody.get("/api/v1/catalog/items?ids=12,1").json()).hasSize(2);
    assertThat(names(anybody.get("/api/v1/catalog/items/withname/ship's"))).hasSize(1);
    assertThat(anybody.get("/api/v1/catalog/catalogbrands").json()).hasSize(2);
    assertThat(anybody.get("/api/v1/catalog/catalogtypes").json().path(1).path("type").asString())
        .isEqualTo("T-Shirt");
  }

  @Test
  void unknownItemsAndImpossiblePagesAreNamed() {
    assertThat(anybody.get("/api/v1/catalog/items/99").status()).isEqualTo(404);
    assertThat(anybody.get("/api/v1/catalog/items/99/pic").status()).isEqualTo(404);
    Client.Answer size = anybody.get("/api/v1/catalog/items?pageSize=100000");
    assertThat(size.status()).isEqualTo(400);
    assertThat(size.field()).isEqualTo("pageSize");
    assertThat(size.header("Content-Type")).isEqualTo("application/problem+json");
    assertThat(anybody.get("/api/v1/catalog/items?pageIndex=-1").field()).isEqualTo("pageIndex");
    assertThat(anybody.get("/api/v1/catalog/items/type/x/brand/1").field()).isEqualTo("typeId");
    assertThat(anybody.get("/api/v1/catalog/items/abc").field()).isEqualTo("id");
    assertThat(anybody.get("/api/v1/catalog/items/withname/a%00b").status()).isEqualTo(400);
  }

  @Test
  void nobodyChangesTheCatalogueOverHttp() {
    Client signedIn = SharedShop.as("alice");

    assertThat(signedIn.put("/api/v1/catalog/items", "{}").status()).isEqualTo(405);
    assertThat(signedIn.delete("/api/v1/catalog/1").status()).isIn(404, 405);
  }

  @Test
  void replicasThatStartTogetherSeedOnce() throws Exception {
    String database = Databases.create();
    Replica.Settings settings = SharedShop.settings(database);
    ExecutorService both = Executors.newFixedThreadPool(2);
    try {
      List<Callable<Replica>> starts =
          List.of(() -> settings.start("webspa-1"), () -> settings.start("webspa-2"));
      List<Replica> replicas = new ArrayList<>();
      for (var started : both.invokeAll(starts)) {
        replicas.add(started.get());
      }
      replicas.forEach(Replica::awaitReady);
      long items =
          replicas
              .get(0)
              .bean(JdbcClient.class)
              .sql("select count(*) from shop.catalog_item")
              .query(Long.class)
              .single();
      assertThat(items).isEqualTo(14);
      replicas.forEach(Replica::close);
    } finally {
      both.shutdownNow();
    }
  }
}
