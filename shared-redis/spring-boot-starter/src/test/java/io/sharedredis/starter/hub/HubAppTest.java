package io.sharedredis.starter.hub;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

/** Runs against {@link HubApp}, one for all classes that want no other settings. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@SpringBootTest(
    classes = HubApp.class,
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = {
      "spring.application.name=hubs",
      "shared-redis.public-url=https://shop.example",
      "shared-redis.drain.notice=0s",
      "management.endpoints.web.exposure.include=hubs",
      "management.endpoint.hubs.access=unrestricted"
    })
@interface HubAppTest {}
