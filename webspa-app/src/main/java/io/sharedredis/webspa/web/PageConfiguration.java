package io.sharedredis.webspa.web;

import java.time.Duration;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.ViewControllerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * The single-page app: its one page under each of its addresses, asked for anew each time, and its
 * files under names that hold their digest, kept for a year.
 */
@Configuration(proxyBeanMethods = false)
class PageConfiguration implements WebMvcConfigurer {

  private static final Duration DIGEST_IN_NAME = Duration.ofDays(365);

  @Override
  public void addResourceHandlers(ResourceHandlerRegistry registry) {
    registry
        .addResourceHandler("/assets/**")
        .addResourceLocations("classpath:/static/assets/")
        .setCacheControl(CacheControl.maxAge(DIGEST_IN_NAME).cachePublic().immutable());
    registry
        .addResourceHandler("/*.html", "/*.svg", "/*.png", "/*.ico", "/*.txt", "/*.webmanifest")
        .addResourceLocations("classpath:/static/")
        .setCacheControl(CacheControl.noCache());
  }

  @Override
  public void addViewControllers(ViewControllerRegistry registry) {
    for (String page :
        new String[] {
          "/", "/catalog", "/basket", "/checkout", "/orders", "/orders/{id:\\d+}", "/sessions"
        }) {
      registry.addViewController(page).setViewName("forward:/index.html");
    }
  }
}
