namespace RecServe.Api.Models;

/// <summary>Holds the current <see cref="ModelSet"/>. Publishing another is one volatile write; requests in flight keep the one they captured.</summary>
internal sealed class ModelRegistry(ModelSet initial)
{
    private volatile ModelSet _current = initial;

    /// <summary>What requests that arrive now are answered with.</summary>
    public ModelSet Current => _current;

    /// <summary>Replaces the set.</summary>
    public void Publish(ModelSet next) => _current = next;
}
