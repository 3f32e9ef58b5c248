package io.sharedredis.webspa.catalog;

import io.sharedredis.webspa.web.ShopProblem;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * The catalogue for anybody, under the paths of eShopOnContainers. There is nothing here that
 * writes: the original's unauthenticated PUT, POST and DELETE are left out on purpose.
 */
@RestController
@RequestMapping("/api/v1/catalog")
class CatalogController {

  /**
   * Items; four rows of the widest page layout are 16, and nobody needs the whole table at once.
   */
  private static final int MAX_PAGE_SIZE = 100;

  /** Ids in one request; as many as one basket may have lines. */
  private static final int MAX_IDS = 100;

  private final Catalog catalog;

  CatalogController(Catalog catalog) {
    this.catalog = catalog;
  }

  @GetMapping("/items")
  Object items(
      @RequestParam(defaultValue = "10") int pageSize,
      @RequestParam(defaultValue = "0") int pageIndex,
      @RequestParam(required = false) @Nullable List<Integer> ids) {
    if (ids == null || ids.isEmpty()) {
      return page(CatalogFilter.ALL, pageIndex, pageSize);
    }
    if (ids.size() > MAX_IDS) {
      throw ShopProblem.badInput("ids", "at most " + MAX_IDS + " ids in one request");
    }
    return catalog.items(ids);
  }

  @GetMapping("/items/{id}")
  CatalogItem item(@PathVariable int id) {
    return catalog
        .item(id)
        .orElseThrow(() -> ShopProblem.notFound("there is no catalogue item " + id));
  }

  @GetMapping("/items/withname/{name}")
  CatalogPage itemsByName(
      @PathVariable String name,
      @RequestParam(defaultValue = "10") int pageSize,
      @RequestParam(defaultValue = "0") int pageIndex) {
    return page(CatalogFilter.namePrefix(name), pageIndex, pageSize);
  }

  @GetMapping({
    "/items/type/{typeId}",
    "/items/type/{typeId}/brand",
    "/items/type/{typeId}/brand/{brandId}"
  })
  CatalogPage itemsByTypeAndBrand(
      @PathVariable String typeId,
      @PathVariable(required = false) @Nullable String brandId,
      @RequestParam(defaultValue = "10") int pageSize,
      @RequestParam(defaultValue = "0") int pageIndex) {
    var filter = new CatalogFilter(idOrAll("typeId", typeId), idOrAll("brandId", brandId), null);
    return page(filter, pageIndex, pageSize);
  }

  @GetMapping("/catalogtypes")
  List<CatalogType> types() {
    return catalog.types();
  }

  @GetMapping("/catalogbrands")
  List<CatalogBrand> brands() {
    return catalog.brands();
  }

  private CatalogPage page(CatalogFilter filter, int pageIndex, int pageSize) {
    if (pageSize < 1 || pageSize > MAX_PAGE_SIZE) {
      throw ShopProblem.badInput("pageSize", "pageSize must be 1 to " + MAX_PAGE_SIZE);
    }
    if (pageIndex < 0) {
      throw ShopProblem.badInput("pageIndex", "pageIndex must be 0 or more");
    }
    return catalog.page(filter, pageIndex, pageSize);
  }

  private static @Nullable Integer idOrAll(String field, @Nullable String value) {
    if (value == null || value.equals("all")) {
      return null;
    }
    try {
      return Integer.valueOf(value);
    } catch (NumberFormatException e) {
      throw ShopProblem.badInput(field, field + " must be a number or 'all'");
    }
  }
}
