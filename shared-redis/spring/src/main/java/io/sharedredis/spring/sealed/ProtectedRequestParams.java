package io.sharedredis.spring.sealed;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.core.convert.ConversionService;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.annotation.RequestParamMethodArgumentResolver;
import org.springframework.web.util.UriComponentsBuilder;

/** Request parameters that are marked: opened for controllers, sealed in links to them. */
final class ProtectedRequestParams extends RequestParamMethodArgumentResolver {

  private final ProtectedMarks marks;

  ProtectedRequestParams(ProtectedMarks marks) {
    super(false);
    this.marks = marks;
  }

  @Override
  public boolean supportsParameter(MethodParameter parameter) {
    return parameter.hasParameterAnnotation(Protected.class)
        && parameter.hasParameterAnnotation(RequestParam.class);
  }

  @Override
  protected @Nullable Object resolveName(
      String name, MethodParameter parameter, NativeWebRequest request) throws Exception {
    return ProtectedPathVariables.opened(
        marks, super.resolveName(name, parameter, request), name, parameter);
  }

  @Override
  public void contributeMethodArgument(
      MethodParameter parameter,
      @Nullable Object value,
      UriComponentsBuilder builder,
      Map<String, Object> uriVariables,
      ConversionService conversionService) {
    super.contributeMethodArgument(
        parameter,
        value == null ? null : ProtectedPathVariables.sealed(marks, value, parameter),
        builder,
        uriVariables,
        conversionService);
  }
}
