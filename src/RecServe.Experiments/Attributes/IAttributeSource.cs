namespace RecServe.Experiments;

/// <summary>What an assignment may know of a request: the user's id, features and context by name.</summary>
public interface IAttributeSource
{
    /// <summary>Value of an attribute; the default (null) where it is absent.</summary>
    AttributeValue Find(string name);
}
