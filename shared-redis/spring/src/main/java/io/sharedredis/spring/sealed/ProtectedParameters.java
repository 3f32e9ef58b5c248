package io.sharedredis.spring.sealed;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.MethodParameter;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RequestPart;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Makes Spring MVC open what controllers mark {@link Protected}, and stops the start where a mark
 * would not be obeyed: an unsealed value must not slip through.
 *
 * <p>Opens before anything is converted and not by a converter: where one of those fails, Spring
 * falls back to property editors, which would take the unsealed number.
 */
public final class ProtectedParameters implements BeanPostProcessor, SmartInitializingSingleton {

  private final ObjectProvider<ProtectedValues> values;
  private final ObjectProvider<RequestMappingHandlerMapping> mappings;

  /**
   * @param values asked for when the first controller adapter is made
   * @param mappings of all controllers
   */
  public ProtectedParameters(
      ObjectProvider<ProtectedValues> values,
      ObjectProvider<RequestMappingHandlerMapping> mappings) {
    this.values = values;
    this.mappings = mappings;
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    if (bean instanceof RequestMappingHandlerAdapter adapter) {
      ProtectedMarks marks = new ProtectedMarks(values.getObject());
      List<HandlerMethodArgumentResolver> resolvers = new ArrayList<>();
      resolvers.add(new ProtectedPathVariables(marks));
      resolvers.add(new ProtectedRequestParams(marks));
      List<HandlerMethodArgumentResolver> others = adapter.getArgumentResolvers();
      if (others != null) {
        resolvers.addAll(others);
      }
      adapter.setArgumentResolvers(resolvers);
    }
    return bean;
  }

  @Override
  public void afterSingletonsInstantiated() {
    mappings.stream()
        .flatMap(mapping -> mapping.getHandlerMethods().values().stream())
        .map(HandlerMethod::getMethodParameters)
        .flatMap(Arrays::stream)
        .forEach(ProtectedParameters::check);
  }

  private static void check(MethodParameter parameter) {
    Protected mark = parameter.getParameterAnnotation(Protected.class);
    if (mark != null) {
      if (!parameter.hasParameterAnnotation(PathVariable.class)
          && !parameter.hasParameterAnnotation(RequestParam.class)) {
        throw new IllegalStateException(
            "@Protected on "
                + parameter
                + " would not be obeyed: it needs @PathVariable or @RequestParam beside it");
      }
      ProtectedMarks.check(mark, parameter.getParameterType(), parameter);
    } else if (!parameter.hasParameterAnnotation(RequestBody.class)
        && !parameter.hasParameterAnnotation(RequestPart.class)) {
      checkForm(parameter);
    }
  }

  /** Objects that are bound from request parameters; not those that lie in them in turn. */
  private static void checkForm(MethodParameter parameter) {
    Class<?> form = parameter.getParameterType();
    ReflectionUtils.doWithFields(form, field -> refuse(field, parameter));
    ReflectionUtils.doWithMethods(
        form,
        method -> {
          refuse(method, parameter);
          refuse(method.getParameters(), parameter);
        });
    for (Constructor<?> constructor : form.getDeclaredConstructors()) {
      refuse(constructor.getParameters(), parameter);
    }
  }

  private static void refuse(Parameter[] bound, MethodParameter parameter) {
    for (Parameter one : bound) {
      refuse(one, parameter);
    }
  }

  private static void refuse(AnnotatedElement marked, MethodParameter parameter) {
    if (marked.isAnnotationPresent(Protected.class)) {
      throw new IllegalStateException(
          "@Protected on "
              + marked
              + " would not be obeyed in "
              + parameter
              + ": only bodies of JSON and single parameters are opened, not objects that are"
              + " bound from request parameters");
    }
  }
}
