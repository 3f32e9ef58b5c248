package io.sharedredis.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Looks at the pages at two widths; {@code -De2e.pictures=docs/images} keeps what it saw as the
 * documentation's pictures.
 */
@ExtendWith(RunningFarm.class)
class PicturesE2E {

  @Test
  void pagesFitADesktopAndAPhone(Farm farm, Chromium chromium) {
    for (Window window : List.of(new Window("", 1280, 860), new Window("-phone", 390, 844))) {
      try (BrowserContext visitor = chromium.visitor(window.width(), window.height())) {
        ShopTab tab = new ShopTab(visitor, farm.gateway()).open("/");
        tab.testId("add-to-basket").first().waitFor();
        look(tab, "shop", window);
        tab.page().navigate(farm.gateway() + "/login");
        look(tab, "login", window);
        tab.submitLogin("alice", "Pass123$");
        tab.testId("user-name").waitFor();
        tab.addToBasket(0).addToBasket(2).open("/basket");
        look(tab, "basket", window);
        tab.open("/checkout").testId("checkout-submit").waitFor();
        look(tab, "checkout", window);
        long order = tab.checkOut();
        tab.awaitHub();
        tab.awaitRow(order, "stockconfirmed");
        assertThat(tab.pageReplica()).matches("webspa-[12]");
        assertThat(tab.hubReplica()).matches("webspa-[12]");
        tab.testId("toast").first().waitFor();
        look(tab, "orders-toast", window);
      }
    }
  }

  private static void look(ShopTab tab, String name, Window window) {
    Number overflow =
        (Number)
            tab.page().evaluate("() => document.documentElement.scrollWidth - window.innerWidth");
    assertThat(overflow.intValue()).as("%s overflows %s", name, window).isLessThanOrEqualTo(0);
    String directory = System.getProperty("e2e.pictures", "target/pictures");
    Path file = Path.of(directory).resolve(name + window.suffix() + ".png");
    byte[] picture = tab.page().screenshot(new Page.ScreenshotOptions().setPath(file));
    assertThat(picture.length).isGreaterThan(5_000);
  }

  private record Window(String suffix, int width, int height) {}
}
