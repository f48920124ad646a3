namespace RecServe.Experiments;

/// <summary>The text of an attribute that units are hashed by.</summary>
internal static class AttributeUnit
{
    /// <summary>
    /// The attribute as JavaScript prints it (1 and 1.0 give "1"); null where it counts as no unit: absent, null, "", 0, false, and lists and
    /// objects, whose text would depend on their notation.
    /// </summary>
    public static string? Of(IAttributeSource attributes, string name)
    {
        AttributeValue value = attributes.Find(name);
        return JsValue.IsTruthy(value) && value.Kind is not (AttributeKind.List or AttributeKind.Record) ? JsValue.ToText(value) : null;
    }
}
