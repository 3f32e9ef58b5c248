package io.sharedredis.spring.sealed;

import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.dataprotection.DataProtection;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.context.support.StaticWebApplicationContext;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Marks in form objects, which Spring would bind unsealed. */
class ProtectedParametersTest {

  @ParameterizedTest
  @ValueSource(strings = {"own", "inherited", "setter", "constructor", "component"})
  void markInAFormObjectStopsTheStartWhereverItStands(String method) {
    assertThatThrownBy(() -> start(method))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("not objects that are bound from request parameters");
  }

  @Test
  void bodyOfJsonAndFormWithoutMarksStart() {
    assertThatNoException().isThrownBy(() -> start("body"));
    assertThatNoException().isThrownBy(() -> start("plain"));
  }

  private static void start(String name) {
    Method method =
        Arrays.stream(Pages.class.getDeclaredMethods())
            .filter(one -> one.getName().equals(name))
            .findFirst()
            .orElseThrow();
    RequestMappingHandlerMapping mapping = new RequestMappingHandlerMapping();
    StaticWebApplicationContext context = new StaticWebApplicationContext();
    context.refresh();
    mapping.setApplicationContext(context);
    mapping.afterPropertiesSet();
    mapping.registerMapping(
        RequestMappingInfo.paths("/" + name).options(mapping.getBuilderConfiguration()).build(),
        new Pages(),
        method);
    StaticListableBeanFactory beans = new StaticListableBeanFactory();
    beans.addBean("mapping", mapping);
    try (DataProtection ring = DataProtection.ephemeral()) {
      beans.addBean("values", new ProtectedValues(ring));
      new ProtectedParameters(
              beans.getBeanProvider(ProtectedValues.class),
              beans.getBeanProvider(RequestMappingHandlerMapping.class))
          .afterSingletonsInstantiated();
    }
  }

  static class Pages {

    void own(Own form) {}

    void inherited(Inherited form) {}

    void setter(BySetter form) {}

    void constructor(ByConstructor form) {}

    void component(Component form) {}

    void body(@RequestBody Inherited body) {}

    void plain(Plain form, List<String> others) {}
  }

  static class Own {
    @Protected("item")
    long id;
  }

  static class Inherited extends Own {
    String name = "";
  }

  static class BySetter {
    private long id;

    @Protected("item")
    public void setId(long id) {
      this.id = id;
    }

    @Override
    public String toString() {
      return "item " + id;
    }
  }

  record Component(@Protected("item") long id) {}

  static class ByConstructor {
    ByConstructor(@Protected("item") long id) {}
  }

  record Plain(long id) {}
}
