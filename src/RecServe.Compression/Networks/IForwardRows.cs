using RecServe.Training.Networks;

namespace RecServe.Compression.Networks;

/// <summary>What the forward pass of a training step reads instead of the trained parameters: rows quantized or multiplied by gates.</summary>
public interface IForwardRows
{
    /// <summary>Before a step: replaces the parameters by what the forward pass shall read, keeping the trained ones.</summary>
    void Enter(ParameterStore parameters);

    /// <summary>After the backward pass: puts the trained parameters back and turns the gradients into theirs.</summary>
    void Leave(ParameterStore parameters);

    /// <summary>After the optimizer's step.</summary>
    /// <param name="parameters">The parameters as the optimizer left them.</param>
    /// <param name="learningRate">Step size of this step.</param>
    void Stepped(ParameterStore parameters, double learningRate);
}
