package io.sharedredis.spring.sealed;

import io.sharedredis.dataprotection.DataProtectionException;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.core.convert.ConversionService;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.mvc.method.annotation.PathVariableMethodArgumentResolver;
import org.springframework.web.util.UriComponentsBuilder;

/** Path variables that are marked: opened for controllers, sealed in links to them. */
final class ProtectedPathVariables extends PathVariableMethodArgumentResolver {

  private final ProtectedMarks marks;

  ProtectedPathVariables(ProtectedMarks marks) {
    this.marks = marks;
  }

  @Override
  public boolean supportsParameter(MethodParameter parameter) {
    return parameter.hasParameterAnnotation(Protected.class) && super.supportsParameter(parameter);
  }

  @Override
  protected @Nullable Object resolveName(
      String name, MethodParameter parameter, NativeWebRequest request) throws Exception {
    return opened(marks, super.resolveName(name, parameter, request), name, parameter);
  }

  @Override
  public void contributeMethodArgument(
      MethodParameter parameter,
      Object value,
      UriComponentsBuilder builder,
      Map<String, Object> uriVariables,
      ConversionService conversionService) {
    super.contributeMethodArgument(
        parameter, sealed(marks, value, parameter), builder, uriVariables, conversionService);
  }

  static @Nullable Object opened(
      ProtectedMarks marks, @Nullable Object sent, String name, MethodParameter parameter) {
    if (sent == null) {
      return null;
    }
    Class<?> type = parameter.getParameterType();
    if (sent instanceof String text) {
      try {
        return marks.open(mark(parameter), text, type);
      } catch (DataProtectionException e) {
        // Said below, in the same words as for every other value that is not good.
      }
    }
    // Without the value, which would stand in the log.
    throw new MethodArgumentTypeMismatchException(
        null, type, name, parameter, new DataProtectionException(ProtectedMarks.NOT_GOOD));
  }

  static String sealed(ProtectedMarks marks, Object value, MethodParameter parameter) {
    return marks.seal(mark(parameter), value);
  }

  private static Protected mark(MethodParameter parameter) {
    return Objects.requireNonNull(parameter.getParameterAnnotation(Protected.class));
  }
}
