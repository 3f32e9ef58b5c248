package io.sharedredis.e2e;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Chromium, headless, driven by Playwright: the one named with {@code -De2e.chromium}, else the
 * system's, else the one that Playwright fetches for itself. Every context has its own cookies.
 */
final class Chromium implements AutoCloseable {

  /** Where Debian's package puts it. */
  private static final String DEBIAN = "/usr/bin/chromium";

  private final Playwright playwright;
  private final Browser browser;

  Chromium() {
    Path executable = Path.of(System.getProperty("e2e.chromium", DEBIAN));
    boolean installed = Files.isExecutable(executable);
    if (!installed && System.getProperty("e2e.chromium") != null) {
      throw new IllegalStateException("-De2e.chromium names no executable: " + executable);
    }
    BrowserType.LaunchOptions options =
        new BrowserType.LaunchOptions()
            .setHeadless(true)
            .setArgs(
                List.of(
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync"));
    Playwright.CreateOptions creation = new Playwright.CreateOptions();
    if (installed) {
      options.setExecutablePath(executable);
      creation.setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"));
    }
    playwright = Playwright.create(creation);
    browser = playwright.chromium().launch(options);
  }

  /** A visitor with a browser of their own: no cookies, a desktop window. */
  BrowserContext visitor() {
    return visitor(1280, 900);
  }

  BrowserContext visitor(int width, int height) {
    BrowserContext context =
        browser.newContext(new Browser.NewContextOptions().setViewportSize(width, height));
    context.setDefaultTimeout(20_000);
    return context;
  }

  @Override
  public void close() {
    browser.close();
    playwright.close();
  }
}
