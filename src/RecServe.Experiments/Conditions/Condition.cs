namespace RecServe.Experiments;

/// <summary>A test of a request's attributes, parsed once. Immutable; never throws.</summary>
internal abstract class Condition
{
    public abstract bool Holds(IAttributeSource attributes);
}

/// <summary>All parts hold; none at all holds too.</summary>
internal sealed class AllOf(Condition[] parts) : Condition
{
    public override bool Holds(IAttributeSource attributes)
    {
        foreach (Condition part in parts)
        {
            if (!part.Holds(attributes))
                return false;
        }

        return true;
    }
}

/// <summary>Some part holds; none at all holds too, as GrowthBook has it.</summary>
internal sealed class AnyOf(Condition[] parts) : Condition
{
    public override bool Holds(IAttributeSource attributes)
    {
        foreach (Condition part in parts)
        {
            if (part.Holds(attributes))
                return true;
        }

        return parts.Length == 0;
    }
}

/// <summary>The part does not hold.</summary>
internal sealed class NoneOf(Condition part) : Condition
{
    public override bool Holds(IAttributeSource attributes) => !part.Holds(attributes);
}

/// <summary>The attribute at a dotted path passes a test.</summary>
internal sealed class AttributeIs(string[] path, ValueTest test) : Condition
{
    public override bool Holds(IAttributeSource attributes)
    {
        AttributeValue value = attributes.Find(path[0]);
        for (int i = 1; i < path.Length; i++)
            value = value.Member(path[i]);
        return test.Passes(value);
    }
}
