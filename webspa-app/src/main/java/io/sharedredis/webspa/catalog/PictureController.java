package io.sharedredis.webspa.catalog;

import io.sharedredis.webspa.web.ShopProblem;
import java.time.Duration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaTypeFactory;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Pictures of the items, from the application itself. */
@RestController
class PictureController {

  /** How long a browser may keep a picture unasked; they change with a release only. */
  private static final Duration KEEP = Duration.ofHours(1);

  private final Catalog catalog;

  PictureController(Catalog catalog) {
    this.catalog = catalog;
  }

  @GetMapping("/api/v1/catalog/items/{id}/pic")
  ResponseEntity<Resource> picture(@PathVariable int id) {
    CatalogItem item =
        catalog
            .item(id)
            .orElseThrow(() -> ShopProblem.notFound("there is no catalogue item " + id));
    Resource picture = new ClassPathResource("catalog/pics/" + item.pictureFileName());
    if (!picture.exists()) {
      throw ShopProblem.notFound("catalogue item " + id + " has no picture");
    }
    return ResponseEntity.ok()
        .cacheControl(CacheControl.maxAge(KEEP).cachePublic())
        .contentType(
            MediaTypeFactory.getMediaType(picture)
                .orElse(org.springframework.http.MediaType.IMAGE_PNG))
        .body(picture);
  }
}
