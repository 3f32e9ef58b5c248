package io.sharedredis.spring.hub;

import io.sharedredis.hub.HubException;
import io.sharedredis.hub.HubInvocation;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Path;
import jakarta.validation.Validator;
import jakarta.validation.executable.ExecutableValidator;
import jakarta.validation.metadata.BeanDescriptor;
import jakarta.validation.metadata.MethodDescriptor;
import java.lang.reflect.Method;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/**
 * Checks arguments of hub methods against their Bean Validation constraints before the method runs,
 * and after it is sure that the caller may call it. The client is told the parameter and the
 * constraint's message, as text of a {@code HubException}; what it sent is not repeated. Items of
 * uploads are not checked.
 */
public final class ArgumentValidation implements InnermostFilter {

  /** Violations told at most: enough to mend a form, not enough to be made to write a book. */
  private static final int MOST_TOLD = 10;

  /** What the path has for the element of a list, behind its index. */
  private static final Pattern ELEMENT = Pattern.compile("\\.<[^.>]*>");

  private final ExecutableValidator validator;
  private final Set<Method> constrained;
  private volatile boolean advises;

  private ArgumentValidation(ExecutableValidator validator, Set<Method> constrained) {
    this.validator = validator;
    this.constrained = constrained;
  }

  /**
   * The check of a hub's methods; null when none has a constraint.
   *
   * @throws jakarta.validation.ValidationException when a constraint is declared where none may be
   */
  public static @Nullable ArgumentValidation of(Class<?> hub, Validator validator) {
    BeanDescriptor described = validator.getConstraintsForClass(hub);
    Set<Method> constrained = new HashSet<>();
    for (Method method : hub.getMethods()) {
      MethodDescriptor constraints =
          described.getConstraintsForMethod(method.getName(), method.getParameterTypes());
      if (constraints != null && hasAny(constraints)) {
        constrained.add(method);
      }
    }
    return constrained.isEmpty()
        ? null
        : new ArgumentValidation(validator.forExecutables(), Set.copyOf(constrained));
  }

  // The descriptor's own answer leaves out constraints on the elements of a list.
  private static boolean hasAny(MethodDescriptor constraints) {
    return constraints.hasConstrainedParameters()
        || constraints.getParameterDescriptors().stream()
            .anyMatch(parameter -> !parameter.getConstrainedContainerElementTypes().isEmpty());
  }

  @Override
  public @Nullable Object invoke(HubInvocation call, Next next) throws Exception {
    if (!advises && constrained.contains(call.method())) {
      check(call.hub(), call.method(), call.arguments());
    }
    return next.proceed(call);
  }

  @Override
  public void advises() {
    advises = true;
  }

  @Override
  public @Nullable Object invoke(MethodInvocation call) throws Throwable {
    Object hub = call.getThis();
    if (hub != null && constrained.contains(call.getMethod())) {
      check(hub, call.getMethod(), call.getArguments());
    }
    return call.proceed();
  }

  private <T> void check(T hub, Method method, @Nullable Object[] arguments) {
    Set<ConstraintViolation<T>> violations = validator.validateParameters(hub, method, arguments);
    if (!violations.isEmpty()) {
      throw new HubException(
          violations.stream()
              .map(violation -> place(violation.getPropertyPath()) + ": " + violation.getMessage())
              .sorted()
              .limit(MOST_TOLD)
              .collect(Collectors.joining("; ")));
    }
  }

  /** The way from the parameter to what is wrong; the path begins with the method's name. */
  private static String place(Path path) {
    String whole = ELEMENT.matcher(path.toString()).replaceAll("");
    int method = whole.indexOf('.');
    return method < 0 ? whole : whole.substring(method + 1);
  }
}
